import type { EntityManager } from '@mikro-orm/postgresql';
import { typeidUnboxed } from 'typeid-js';
import type { Deps } from '../deps.ts';
import type { IntegrationStatus } from '../integrations/entity.ts';
import { integrationsOfAccounts } from '../integrations/of_account.ts';
import { type Told, touchReferences } from '../references/touch.ts';
import { boundStatements, type Statements } from '../store/sql.ts';
import { claimKeys, type KeyedReceipt } from './duplicates.ts';
import type { DeliveryStage, EventSource } from './entity.ts';
import { type KeptEvent, keep } from './kept.ts';
import type { StorableEvent } from './payload.ts';
import { type Publication, publish } from './publish.ts';
import { keepUnmatched } from './unmatched.ts';

/** The events of one delivery. */
export type Received<Event = StorableEvent> = {
  readonly provider: string;
  readonly source: EventSource;
  readonly receiveTime: Date;
  readonly events: readonly Event[];
  /** Set: they are this integration's, whatever account they name. */
  readonly integration: Target | undefined;
  /** They came before their integration did, and were kept for it. */
  readonly isLate?: true;
};

export type Waiting = Received<KeptEvent>;

/** Whether the project takes so many receipts more now. */
export type Admits = (project: string, receipts: number) => boolean;

type Target = { readonly project: string; readonly id: string; readonly status: IntegrationStatus };

type Receipt = KeyedReceipt & {
  /** Its place in the batch. */
  readonly received: Waiting;
  readonly event: KeptEvent;
  readonly integrationStatus: IntegrationStatus;
  /** Undefined: the integration is switched off, so that it is recorded and goes no further. */
  readonly sourceEventId: string | undefined;
};

/** The stages of each delivery: of its receipts, UNMATCHED for an event that no integration has the account of, which is kept
 * for one to come, and REJECTED where a project takes no more now. */
export type Stages = readonly (readonly DeliveryStage[])[];

type Means = Pick<Deps, 'now' | 'log' | 'catalog'>;

/** Records within the caller's transaction: see `beginRecording`. */
export async function recordBatch(
  em: EntityManager,
  deps: Means,
  batch: readonly Received[],
  admits: Admits,
): Promise<Stages> {
  const waiting = batch.map(received => ({
    ...received,
    events: received.events.map(event => keep(deps, received.provider, event)),
  }));
  const { stages, writing } = await beginRecording(boundStatements(em), deps, waiting, admits);
  await writing;
  return stages;
}

/**
 * One receipt for each integration of an event's account and, for what is new, one source event. On a pipelining connection the
 * last statement has been sent when this resolves, so that the commit may follow it; `writing` ends with the last answer.
 */
export async function beginRecording(
  tx: Statements,
  deps: Means,
  batch: readonly Waiting[],
  admits: Admits,
): Promise<{ readonly stages: Stages; readonly writing: Promise<unknown> }> {
  const attributed = await attribute(tx, batch);
  const receipts = admitted(attributed, admits);
  const firsts = await claimKeys(tx, receipts);
  const stageOf = (receipt: Receipt): DeliveryStage => {
    if (firsts.has(receipt.id)) return 'DUPLICATE';
    return receipt.sourceEventId === undefined ? 'RECORDED' : 'PUBLISHED';
  };
  const found = Map.groupBy(attributed, receipt => receipt.event);
  const writing = Promise.all([
    insertReceipts(tx, receipts, firsts, deps.now()),
    publish(tx, receipts.filter(receipt => stageOf(receipt) === 'PUBLISHED').map(publication), deps.now()),
    keepUnmatched(
      tx,
      batch.flatMap(({ events, ...received }) =>
        events.filter(event => !found.has(event)).map(event => ({ ...received, event })),
      ),
    ),
  ]);
  const told = receipts.filter(receipt => receipt.event.references.length > 0 && !firsts.has(receipt.id)).map(toldOf);
  if (told.length > 0) {
    await writing;
    await touchReferences(tx, deps, told);
  }
  const isAdmitted = new Set(receipts);
  const stages = batch.map(({ events }) =>
    events.flatMap((event): readonly DeliveryStage[] => {
      const own = found.get(event);
      return own?.map(receipt => (isAdmitted.has(receipt) ? stageOf(receipt) : 'REJECTED')) ?? ['UNMATCHED'];
    }),
  );
  return { stages, writing };
}

function toldOf({ project, integrationId, event: { occurTime, references } }: Receipt): Told {
  return { project, integrationId, references, ...(occurTime !== undefined && { occurTime }) };
}

/** A delivery's receipts in one project are taken together or not at all. */
function admitted(receipts: readonly Receipt[], admits: Admits): readonly Receipt[] {
  const groups = Map.groupBy(receipts, receipt => receipt.received);
  return [...groups.values()].flatMap(of =>
    [...Map.groupBy(of, receipt => receipt.project)].flatMap(([project, own]) =>
      admits(project, own.length) ? own : [],
    ),
  );
}

async function attribute(em: Statements, batch: readonly Waiting[]): Promise<readonly Receipt[]> {
  const open = batch.filter(received => received.integration === undefined);
  const integrations = await integrationsOfAccounts(
    em,
    open.flatMap(({ provider, events }) => events.map(({ accountId }) => ({ provider, accountId }))),
  );
  const byAccount = Map.groupBy(integrations, i => `${i.provider}/${i.accountId}`);
  return batch.flatMap(received =>
    received.events.flatMap(event => {
      const targets: readonly Target[] =
        received.integration === undefined
          ? (byAccount.get(`${received.provider}/${event.accountId}`) ?? [])
          : [received.integration];
      return targets.map(target => {
        const suffix = typeidUnboxed();
        return {
          project: target.project,
          integrationId: target.id,
          id: `ievt_${suffix}`,
          deliveryKey: event.deliveryKey,
          semanticKey: event.semanticKey,
          receiveTime: received.receiveTime,
          isMadeUp: received.source === 'SYNTHETIC',
          received,
          event,
          integrationStatus: target.status,
          sourceEventId: target.status === 'INACTIVE' ? undefined : `sevt_${suffix}`,
        };
      });
    }),
  );
}

async function insertReceipts(
  em: Statements,
  receipts: readonly Receipt[],
  firsts: ReadonlyMap<string, string>,
  now: Date,
): Promise<void> {
  if (receipts.length === 0) return;
  // An account connected in many projects has one payload and many receipts.
  const events = [...new Set(receipts.map(receipt => receipt.event))];
  const rows = receipts.map(({ project, id, integrationId, event, received, integrationStatus }) => ({
    project,
    id,
    integration_id: integrationId,
    provider: received.provider,
    event_type: event.eventType,
    schema_version: event.schemaVersion,
    source: received.source,
    delivery_key: event.deliveryKey,
    semantic_key: event.semanticKey ?? null,
    occur_time: event.occurTime?.toISOString() ?? null,
    receive_time: received.receiveTime.toISOString(),
    stage: firsts.has(id) ? 'DUPLICATE' : 'RECORDED',
    payload: events.indexOf(event),
    payload_truncated: event.payloadTruncated,
    duplicate_of: firsts.get(id) ?? null,
    integration_status: integrationStatus,
    meta: event.meta,
    object_key: event.objectKey ?? null,
    record_time: received.isLate === true ? now.toISOString() : null,
  }));
  // Each payload is a parameter of its own: as one document they were read twice. Room for a power of two of them, so that there are
  // few statements to prepare.
  const room = 2 ** Math.ceil(Math.log2(events.length));
  const payloads = Array.from({ length: room }, (_, number) => `(${number}, ?::json)`).join(', ');
  await em.execute(
    `insert into integration_events (project, id, integration_id, provider, event_type, schema_version, source,
       delivery_key, semantic_key, occur_time, receive_time, stage, payload, payload_truncated, duplicate_of, replay_of,
       record_time, integration_status, meta, object_key)
     select r.project, r.id, r.integration_id, r.provider, r.event_type, r.schema_version, r.source,
       r.delivery_key, r.semantic_key, r.occur_time, r.receive_time, r.stage, p.value, r.payload_truncated,
       r.duplicate_of, null, r.record_time, r.integration_status, r.meta, r.object_key
     from jsonb_to_recordset(?::jsonb) as r (project text, id text, integration_id text, provider text,
       event_type text, schema_version int, source text, delivery_key text, semantic_key text, occur_time timestamptz,
       receive_time timestamptz, stage text, payload int, payload_truncated boolean, duplicate_of text,
       record_time timestamptz, integration_status text, meta jsonb, object_key text)
     join (values ${payloads}) as p (number, value) on p.number = r.payload`,
    [JSON.stringify(rows), ...Array.from({ length: room }, (_, n) => events[n]?.payloadJson)],
  );
}

function publication({ project, id, integrationId, event, received, sourceEventId = '' }: Receipt): Publication {
  return {
    project,
    id: sourceEventId,
    integrationEventId: id,
    integrationId,
    provider: received.provider,
    eventType: event.eventType,
    meta: event.meta,
    objectKey: event.objectKey ?? null,
    replayOf: null,
    receiveTime: received.receiveTime,
  };
}
