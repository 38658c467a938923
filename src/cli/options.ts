import type { JsonValue } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type Command, InvalidArgumentError, Option } from 'commander';

type NumericEnum = Readonly<Record<string, string | number>>;

/** A flag that takes the name of an enum's value, in any case. */
export function enumOption(flags: string, description: string, values: NumericEnum): Option {
  const names = Object.keys(values).filter(name => /^[A-Z]/.test(name) && name !== 'UNSPECIFIED');
  return new Option(flags, `${description}: ${names.join(', ').toLowerCase()}`).argParser(text => {
    const name = text.toUpperCase().replaceAll('-', '_');
    if (names.includes(name)) return values[name];
    throw new InvalidArgumentError(`Expected one of ${names.join(', ').toLowerCase()}.`);
  });
}

/** An enum's value as the contract spells it. */
export function nameOf(values: NumericEnum, value: number): string {
  const name = values[value];
  return name === undefined || name === 'UNSPECIFIED' ? '' : String(name);
}

/** Collects a flag that may be given several times. */
export function each(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Collects `key=value`. */
export function eachPair(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected KEY=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Collects `key=text` and `key:=JSON`. */
export function eachField(text: string, before: Readonly<Record<string, JsonValue>> = {}): Record<string, JsonValue> {
  const json = /^([^=:]+):=(.*)$/s.exec(text);
  if (json === null) return { ...before, ...eachPair(text) };
  try {
    return { ...before, [json[1]!]: JSON.parse(json[2]!) as JsonValue };
  } catch {
    throw new InvalidArgumentError('Expected KEY=TEXT or KEY:=JSON.');
  }
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `2h` or `7d`, in milliseconds. */
export function span(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected a span such as 90s, 15m, 2h or 7d.');
  return Number(match[1]) * unitMs[match[2]!]!;
}

/** A moment: RFC 3339, a day, or a span before now. */
export function moment(text: string): Timestamp {
  if (/^\d+[smhd]$/.test(text)) return timestampFromDate(new Date(Date.now() - span(text)));
  const time = /^\d{4}-\d\d-\d\d(T.+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Expected 2026-01-31, 2026-01-31T12:00:00Z or a span such as 2h.');
  return timestampFromDate(new Date(time));
}

/** A timestamp as people read it, in UTC. */
export function timeOf(time: Timestamp | undefined): string {
  return time === undefined
    ? ''
    : timestampDate(time)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
}

export type PageOptions = { pageSize?: number; pageToken?: string; all?: boolean };

/** A whole number; the server knows the bounds. */
export function count(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

export function addPageOptions(command: Command): Command {
  return command
    .option('--page-size <number>', 'most entries to return, at most 200', count)
    .option('--page-token <token>', 'go on where a page ended')
    .option('--all', 'every page');
}

/** One page, or with --all every page in one message: the entries that `listOf` finds, the rest of the first page. */
export async function readPages<T extends { nextPageToken: string }>(
  { pageSize = 0, pageToken = '', all = false }: PageOptions,
  read: (page: { pageSize: number; pageToken: string }) => Promise<T>,
  listOf: (page: T) => unknown[],
): Promise<T> {
  const first = await read({ pageSize: all && pageSize === 0 ? 200 : pageSize, pageToken });
  while (all && first.nextPageToken !== '') {
    const next = await read({ pageSize: pageSize === 0 ? 200 : pageSize, pageToken: first.nextPageToken });
    listOf(first).push(...listOf(next));
    first.nextPageToken = next.nextPageToken;
  }
  return first;
}

/** The line under a table that has more pages. */
export function moreOf({ nextPageToken }: { nextPageToken: string }): string {
  return nextPageToken === '' ? '' : `more: --page-token ${nextPageToken}\n`;
}
