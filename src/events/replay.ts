import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import { appendAudit } from '../audit/append.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { answerBefore, keepAnswer, repeatable } from '../integrations/receipts.ts';
import { admitMadeUp } from './made_up.ts';
import { type Publication, publish } from './publish.ts';
import { countReplayable, findReplayable, type Replayable, type ReplayFilter } from './replayable.ts';

export type ReplayRequest = ReplayFilter & {
  readonly project: string;
  readonly caller: string;
  /** 0: the default. */
  readonly maxEvents: number;
  readonly dryRun: boolean;
  readonly requestId: string | undefined;
};

export type Replayed = {
  readonly eventId: string;
  /** Empty in a dry run. */
  readonly replayEventId: string;
  readonly sourceEventId: string;
};

export type Replay = { readonly events: readonly Replayed[]; readonly matchedCount: number };

const DEFAULT_MAX = 1_000;

/**
 * Publishes receipts again, the oldest first: each as a new receipt and source event that name the original. Throws
 * EVENT_NOT_FOUND where a named one is not there, and RATE_LIMITED, when nothing is published.
 */
export async function replayEvents(em: EntityManager, deps: Deps, request: ReplayRequest): Promise<Replay> {
  const { project, caller, maxEvents, dryRun, requestId, ...filter } = request;
  checkFilter(filter);
  const max = filter.eventIds.length > 0 ? filter.eventIds.length : maxEvents === 0 ? DEFAULT_MAX : maxEvents;
  const once = await repeatable(deps, project, requestId, 'ReplayIntegrationEvents', [filter, maxEvents, dryRun]);
  return await em.transactional(async tx => {
    if (!dryRun) await takeTurn(tx, project);
    const before = await answerBefore(tx, deps, once);
    if (before?.replay !== undefined) return JSON.parse(before.replay) as Replay;
    const found = await findReplayable(tx, project, filter, max);
    assertAllThere(project, filter, found);
    const matchedCount = found.length < max ? found.length : await countReplayable(tx, project, filter);
    const replay: Replay = {
      matchedCount,
      events: dryRun
        ? found.map(({ id }) => ({ eventId: id, replayEventId: '', sourceEventId: '' }))
        : await publishAgain(tx, deps, project, caller, found),
    };
    if (!dryRun) await keepAnswer(tx, deps, once, { replay: JSON.stringify(replay) });
    return replay;
  });
}

/** Ids and filters do not mix; without ids a beginning is needed, so that nobody replays everything by mistake. */
function checkFilter({ eventIds, since, ...filters }: ReplayFilter): void {
  if (eventIds.length === 0) {
    if (since === undefined) throw invalidField('since', 'is needed where no event_ids are given');
    return;
  }
  const { onlyUnsuccessful, ...narrowing } = filters;
  const mixed = Object.values({ since, ...narrowing }).some(value => value !== undefined);
  if (mixed || onlyUnsuccessful) throw invalidField('event_ids', 'filters must be empty where ids are given');
}

/** Replays of a project take turns, so that their rate and a repeated request are seen. */
async function takeTurn(em: EntityManager, project: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`replay/${project}`]);
}

function assertAllThere(project: string, { eventIds }: ReplayFilter, found: readonly Replayable[]): void {
  const there = new Set(found.map(({ id }) => id));
  const absent = eventIds.find(id => !there.has(id));
  if (absent !== undefined) throw new IntegrationError('EVENT_NOT_FOUND', { project, event_id: absent });
}

async function publishAgain(
  em: EntityManager,
  deps: Deps,
  project: string,
  caller: string,
  found: readonly Replayable[],
): Promise<readonly Replayed[]> {
  if (found.length === 0) return [];
  await admitMadeUp(em, deps, project, found.length);
  const now = deps.now();
  const publications = found.map(
    (event): Publication => ({
      project,
      id: typeid('sevt').toString(),
      integrationEventId: typeid('ievt').toString(),
      integrationId: event.integrationId,
      provider: event.provider,
      eventType: event.eventType,
      meta: event.meta,
      objectKey: event.objectKey,
      replayOf: event.sourceEventId,
      receiveTime: now,
    }),
  );
  const copies = publications.map(({ integrationEventId }, i) => ({
    original: found[i]?.id,
    time: found[i]?.receiveTime,
    copy: integrationEventId,
  }));
  await em.execute(
    `insert into integration_events (project, id, integration_id, provider, event_type, schema_version, source,
       delivery_key, semantic_key, occur_time, receive_time, stage, payload, payload_truncated, replay_of,
       integration_status, meta, object_key)
     select e.project, w.copy, e.integration_id, e.provider, e.event_type, e.schema_version, e.source, e.delivery_key,
       e.semantic_key, e.occur_time, ?::timestamptz, 'RECORDED', e.payload, e.payload_truncated, e.id,
       e.integration_status, e.meta, e.object_key
     from jsonb_to_recordset(?::jsonb) as w (original text, time timestamptz, copy text)
     join integration_events e on e.project = ? and e.id = w.original and e.receive_time = w.time`,
    [now.toISOString(), JSON.stringify(copies), project],
  );
  await publish(em, publications, now);
  await appendAudit(
    em,
    [
      {
        project,
        action: 'event.replay',
        caller,
        resource: found.length === 1 ? (found[0]?.id ?? '') : '',
        provider: '',
        outcome: 'SUCCEEDED',
        changes: [{ field: 'events', before: '', after: String(found.length) }],
      },
    ],
    now,
  );
  return publications.map(({ id, integrationEventId }, i) => ({
    eventId: found[i]?.id ?? '',
    replayEventId: integrationEventId,
    sourceEventId: id,
  }));
}
