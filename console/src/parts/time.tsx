import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import { useSyncExternalStore } from 'react';

const tickMs = 5_000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

export type Moment = Timestamp | Date | string;

export function dateOf(moment: Moment): Date {
  if (typeof moment === 'string') return new Date(moment);
  return moment instanceof Date ? moment : timestampDate(moment);
}

export function exactTime(moment: Moment): string {
  return exact.format(dateOf(moment));
}

export function relativeTime(moment: Moment, nowMs: number): string {
  const seconds = Math.round((dateOf(moment).getTime() - nowMs) / 1_000);
  if (Math.abs(seconds) < 3) return 'just now';
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

function subscribe(tick: () => void): () => void {
  const timer = setInterval(tick, tickMs);
  return () => clearInterval(timer);
}
const now = () => Math.floor(Date.now() / 1_000) * 1_000;

/** How long ago, or until; the exact time on hover and for readers, or beside it with `full`. */
export function Time({ at, full = false }: { readonly at: Moment | undefined; readonly full?: boolean }) {
  const nowMs = useSyncExternalStore(subscribe, now);
  if (at === undefined) return <span className="faint">–</span>;
  const text = relativeTime(at, nowMs);
  return (
    <time dateTime={dateOf(at).toISOString()} title={exactTime(at)} className="time">
      {text}
      {full && <span className="faint"> · {exactTime(at)}</span>}
    </time>
  );
}
