import type { HandOut } from './ack_token.ts';
import type { HandoverState } from './entity.ts';
import { failureText } from './failure_text.ts';

/** A handover as far as acknowledgements change it. Times in ms since 1970. */
export type HandoverNow = {
  readonly state: HandoverState;
  readonly stream: string;
  readonly attempts: number;
  readonly nacks: number;
  readonly leaseEndMs: number | null;
  readonly nextMs: number | null;
  readonly lastError: string | null;
  readonly processMs: number | null;
};

export type Answered = {
  readonly kind: 'ACK' | 'NACK' | 'EXTEND';
  /** NACK: until it is handed out again; EXTEND: how long from now. Undefined: as is usual. */
  readonly delayMs: number | undefined;
  readonly error: string;
};

export type AcknowledgementResult = 'ACCEPTED' | 'LEASE_LOST' | 'TOKEN_UNKNOWN';

export const DEFAULT_LEASE_MS = 30_000;
/** How long after the first NACK, the second, ...; after one more it is dead. */
export const REDELIVERY_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000];

/**
 * What an answer to a hand-out makes of the handover. The last hand-out counts until there is another, also after its
 * lease ended: nobody else has the event then. Said twice it changes nothing more.
 */
export function answerHandOut(
  handover: HandoverNow,
  handOut: Pick<HandOut, 'stream' | 'attempt'>,
  answered: Answered,
  /** By the store's clock. */
  nowMs: number,
  /** By ours, for people to read. */
  processMs = nowMs,
): { readonly result: AcknowledgementResult; readonly handover: HandoverNow } {
  if (handOut.attempt > handover.attempts) return { result: 'TOKEN_UNKNOWN', handover };
  if (handOut.attempt < handover.attempts) return { result: 'LEASE_LOST', handover };
  if (handOut.stream !== handover.stream) return { result: 'TOKEN_UNKNOWN', handover };
  const accepted = (change: Partial<HandoverNow>) => ({
    result: 'ACCEPTED' as const,
    handover: { ...handover, ...change },
  });
  switch (answered.kind) {
    case 'ACK':
      return accepted({ state: 'ACKNOWLEDGED', leaseEndMs: null, nextMs: null });
    case 'EXTEND':
      if (handover.state !== 'LEASED') return { result: 'LEASE_LOST', handover };
      return accepted({ leaseEndMs: nowMs + (answered.delayMs ?? DEFAULT_LEASE_MS) });
    case 'NACK':
      return handover.state === 'LEASED' ? accepted(handedBack(handover, answered, nowMs, processMs)) : accepted({});
  }
}

function handedBack(
  { nacks }: HandoverNow,
  { delayMs, error }: Answered,
  nowMs: number,
  processMs: number,
): Partial<HandoverNow> {
  const told = { nacks: nacks + 1, lastError: failureText(error), processMs, leaseEndMs: null };
  const scheduledMs = REDELIVERY_MS[nacks];
  return scheduledMs === undefined
    ? { ...told, state: 'DEAD', nextMs: null }
    : { ...told, state: 'WAITING', nextMs: nowMs + (delayMs ?? scheduledMs) };
}
