import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import type { Caller } from '../rpc/caller.ts';
import { announce } from '../store/changes.ts';
import { decodeAckToken, type HandOut } from './ack_token.ts';
import { finishHeld } from './finish.ts';
import { type AcknowledgementResult, type Answered, answerHandOut, type HandoverNow } from './handover.ts';
import type { OpenStreams } from './open_streams.ts';

export type Acknowledgement = Answered & { readonly ackToken: string };

const MAX_EXTENSION_MS = 600_000;

type Row = HandoverNow & {
  readonly project: string;
  readonly source_event_id: string;
  readonly isOrdered: boolean;
  /** By the store's clock. */
  readonly nowMs: number;
};

/** One result an acknowledgement, in order; of several for one event each sees what the one before left. */
export async function acknowledge(
  em: EntityManager,
  deps: Pick<Deps, 'access' | 'now' | 'keyed'>,
  streams: OpenStreams,
  caller: Caller,
  consumer: string,
  acknowledgements: readonly Acknowledgement[],
): Promise<readonly AcknowledgementResult[]> {
  acknowledgements.forEach(({ kind, delayMs }, i) => {
    if (kind === 'EXTEND' && delayMs !== undefined && delayMs > MAX_EXTENSION_MS) {
      throw invalidField(`acknowledgements[${i}].delay`, 'a lease is extended by 10 minutes at most');
    }
  });
  const handOuts = acknowledgements.map(({ ackToken }) => grantedHandOut(deps, caller, ackToken));
  const results = await settle(
    em,
    deps,
    consumer,
    acknowledgements.map((answered, i) => ({ handOut: handOuts[i], answered })),
  );
  for (const stream of new Set(handOuts.flatMap(handOut => handOut?.stream ?? []))) streams.get(stream)?.();
  return results;
}

/** `handOut` is undefined where it is not known at all. */
type Answer = { readonly handOut: HandOut | undefined; readonly answered: Answered };

/** The same for hand-outs that are known to be the consumer's to answer. */
export async function settle(
  em: EntityManager,
  deps: Pick<Deps, 'now' | 'keyed'>,
  consumer: string,
  answers: readonly Answer[],
): Promise<readonly AcknowledgementResult[]> {
  const known = answers.flatMap(({ handOut }) => handOut ?? []);
  const isPlain = known.length > 0 && answers.every(({ answered }) => answered.kind === 'ACK');
  if (!isPlain) return decide(em, deps, consumer, answers);
  const finished = await finishHeld(deps.keyed, consumer, known);
  const isFinished = ({ handOut }: Answer): boolean => handOut !== undefined && finished.has(handOut);
  const rest = answers.filter(answer => !isFinished(answer));
  const decided = (await decide(em, deps, consumer, rest)).values();
  return answers.map(answer => (isFinished(answer) ? 'ACCEPTED' : (decided.next().value as AcknowledgementResult)));
}

/** Of any answers, by what each handover is now. */
async function decide(
  em: EntityManager,
  deps: Pick<Deps, 'now'>,
  consumer: string,
  answers: readonly Answer[],
): Promise<readonly AcknowledgementResult[]> {
  const known = answers.flatMap(({ handOut }) => handOut ?? []);
  if (known.length === 0) return answers.map(() => 'TOKEN_UNKNOWN');
  return await em.transactional(async tx => {
    const rows = await lockHandovers(tx, consumer, known);
    const handovers = new Map<string, HandoverNow>(rows.map(row => [nameOf(row.project, row.source_event_id), row]));
    const changed = new Map<string, HandOut>();
    const nowMs = rows[0]?.nowMs ?? 0;
    const processMs = deps.now().getTime();
    const results = answers.map(({ handOut, answered }): AcknowledgementResult => {
      const name = handOut && nameOf(handOut.project, handOut.sourceEventId);
      const handover = name === undefined ? undefined : handovers.get(name);
      if (handOut === undefined || name === undefined || handover === undefined) return 'TOKEN_UNKNOWN';
      const answer = answerHandOut(handover, handOut, answered, nowMs, processMs);
      handovers.set(name, answer.handover);
      if (answer.result === 'ACCEPTED') changed.set(name, handOut);
      return answer.result;
    });
    await writeHandovers(
      tx,
      consumer,
      [...changed].map(([name, { project, sourceEventId }]) => ({
        project,
        sourceEventId,
        ...(handovers.get(name) as HandoverNow),
      })),
    );
    // The end of one lets the next of its key go, in whichever process its stream is.
    const ended = rows.filter(row => row.isOrdered && changed.has(nameOf(row.project, row.source_event_id)));
    for (const project of new Set(ended.map(row => row.project))) await announce(tx, 'source_event_freed', project);
    return results;
  });
}

/** A token of a project the caller has no grant for is as good as none. */
function grantedHandOut(deps: Pick<Deps, 'access'>, caller: Caller, token: string): HandOut | undefined {
  const handOut = decodeAckToken(token);
  if (handOut === undefined) return undefined;
  return deps.access.permits(caller, 'source_events.consume', handOut.project) ? handOut : undefined;
}

function lockHandovers(em: EntityManager, consumer: string, handOuts: readonly HandOut[]): Promise<Row[]> {
  const wanted = handOuts.map(({ project, sourceEventId }) => ({ project, source_event_id: sourceEventId }));
  const ms = (column: string): string => `(extract(epoch from h.${column}) * 1000)::float8`;
  return em.execute<Row[]>(
    `select h.project, h.source_event_id, h.state, h.stream, h.attempts, h.nacks, h.last_error as "lastError",
       h.is_ordered as "isOrdered", (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
       ${ms('lease_end_time')} as "leaseEndMs", ${ms('next_time')} as "nextMs", ${ms('process_time')} as "processMs"
     from handovers h
     where h.consumer = ? and (h.project, h.source_event_id) in
       (select w.project, w.source_event_id
        from jsonb_to_recordset(?::jsonb) as w (project text, source_event_id text))
     order by h.project, h.source_event_id for update of h`,
    [consumer, JSON.stringify(wanted)],
  );
}

async function writeHandovers(
  em: EntityManager,
  consumer: string,
  rows: readonly (Pick<HandOut, 'project' | 'sourceEventId'> & HandoverNow)[],
): Promise<void> {
  if (rows.length === 0) return;
  await em.execute(
    `update handovers h set state = r.state, nacks = r.nacks, last_error = r."lastError",
       lease_end_time = to_timestamp(r."leaseEndMs" / 1000), next_time = to_timestamp(r."nextMs" / 1000),
       process_time = to_timestamp(r."processMs" / 1000)
     from jsonb_to_recordset(?::jsonb) as r (project text, "sourceEventId" text, state text, nacks int,
       "lastError" text, "leaseEndMs" float8, "nextMs" float8, "processMs" float8)
     where h.project = r.project and h.source_event_id = r."sourceEventId" and h.consumer = ?`,
    [JSON.stringify(rows), consumer],
  );
}

function nameOf(project: string, sourceEventId: string): string {
  return `${project}/${sourceEventId}`;
}
