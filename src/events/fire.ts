import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import { appendAudit } from '../audit/append.ts';
import type { Finding } from '../catalog/check.ts';
import type { SchemaCheck } from '../catalog/schema_check.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { chooseAmong, findIntegration, integrationsOf } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import { answerBefore, keepAnswer, repeatable } from '../integrations/receipts.ts';
import type { EventType, Provider } from '../providers/provider.ts';
import { type ConsumerSeen, consumersSeen } from './activity.ts';
import { keyOf } from './duplicates.ts';
import { findEvent, type ListedEvent } from './list.ts';
import { admitMadeUp } from './made_up.ts';
import { MAX_PAYLOAD_BYTES, type StorableEvent, storable } from './payload.ts';
import { recordBatch } from './record.ts';
import { findSample } from './samples.ts';

export type FireRequest = {
  readonly project: string;
  readonly caller: string;
  /** False: nothing is stored. */
  readonly isDelivered: boolean;
  readonly sampleId: string | undefined;
  readonly eventType: string | undefined;
  readonly integrationId: string | undefined;
  readonly deliveryKey: string | undefined;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  readonly meta: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
};

export type Fired = {
  /** Without an id in a preview. */
  readonly event: ListedEvent;
  readonly meta: Readonly<Record<string, string>>;
  readonly isDuplicate: boolean;
  readonly consumers: readonly ConsumerSeen[];
  readonly findings: readonly Finding[];
};

/** The fields of SourceEventMeta, which the service sets. */
const OWN_META = new Set(
  'id event_type source_kind source_id provider integration_id occurred_at received_at schema_version'.split(' '),
);

/** Sends a made-up event the way of a real one, or says what would happen. */
export async function fireTestEvent(
  em: EntityManager,
  deps: Deps,
  request: FireRequest,
  checkSchema: SchemaCheck,
): Promise<Fired> {
  const { project, isDelivered } = request;
  const { provider, eventType, event } = compose(deps, request);
  const integration = await chooseIntegration(em, provider, request);
  const once = await repeatable(deps, project, isDelivered ? request.requestId : undefined, 'FireTestEvent', {
    ...request,
    caller: '',
  });
  const fired = {
    meta: event.meta,
    findings: checkSchema(eventType.payloadSchema, event.payload),
    consumers: await consumersSeen(em, project, event.eventType, deps.now()),
  };
  if (!isDelivered) {
    const isDuplicate = await isKnown(em, project, integration?.id ?? '', event.deliveryKey);
    return { ...fired, isDuplicate, event: preview(deps, project, provider, integration, event, isDuplicate) };
  }
  return await em.transactional(async tx => {
    await tx.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`replay/${project}`]);
    const before = await answerBefore(tx, deps, once);
    const id = before?.eventId ?? (await deliver(tx, deps, request, provider, integration, event));
    if (before === undefined) await keepAnswer(tx, deps, once, { eventId: id });
    const found = await findEvent(tx, project, id, true);
    return { ...fired, isDuplicate: found.duplicateOf !== undefined, event: found };
  });
}

function compose(
  deps: Pick<Deps, 'catalog' | 'events'>,
  request: FireRequest,
): { readonly provider: Provider; readonly eventType: EventType; readonly event: StorableEvent } {
  const { sampleId, payload } = request;
  const listed = sampleId === undefined ? undefined : findSample(deps, sampleId);
  const name = request.eventType ?? listed?.sample.eventType;
  if (name === undefined) throw invalidField('event_type', 'is needed where no sample_id is given');
  const found = deps.catalog.eventType(name);
  if (found === undefined) throw new IntegrationError('EVENT_TYPE_NOT_FOUND', { event_type: name });
  const given = payload ?? listed?.sample.payload ?? {};
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_PAYLOAD_BYTES) {
    throw invalidField('payload', 'is larger than 256 KiB as JSON');
  }
  const taken = Object.keys(request.meta).find(field => OWN_META.has(field));
  if (taken !== undefined) throw invalidField('meta', `${taken} is set by the service`);
  const { provider, eventType } = found;
  const event = storable(deps, {
    eventType: name,
    schemaVersion: eventType.schemaVersion,
    deliveryKey: request.deliveryKey ?? typeid('test').toString(),
    accountId: '',
    payload: given,
    meta: Object.keys(request.meta).length > 0 ? request.meta : (listed?.sample.meta ?? {}),
  });
  if (event === undefined) throw new Error('a listed event type is not a name');
  return { provider, eventType, event };
}

/** Undefined: a built-in provider has none, and a preview needs none. */
async function chooseIntegration(
  em: EntityManager,
  provider: Provider,
  { project, integrationId, isDelivered }: FireRequest,
): Promise<Integration | undefined> {
  if (integrationId === undefined) {
    if (provider.builtIn === true) return undefined;
    const chosen = chooseAmong(await integrationsOf(em, project, provider.id));
    if (typeof chosen !== 'string') return assertOn(chosen, isDelivered);
    if (isDelivered) throw new IntegrationError(chosen, { project, provider: provider.id });
    return undefined;
  }
  const integration = await findIntegration(em, project, integrationId);
  if (integration.provider !== provider.id) {
    throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: integrationId });
  }
  return assertOn(integration, isDelivered);
}

function assertOn(integration: Integration, isDelivered: boolean): Integration {
  if (!isDelivered || integration.status !== 'INACTIVE') return integration;
  const { project, provider, id } = integration;
  throw new IntegrationError('INACTIVE', { project, provider, integration: id });
}

async function isKnown(em: EntityManager, project: string, integrationId: string, key: string): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `select 1 from delivery_keys where project = ? and integration_id = ? and kind = 'TRANSPORT' and key = ?`,
    [project, integrationId, keyOf(key, true)],
  );
  return rows.length > 0;
}

async function deliver(
  em: EntityManager,
  deps: Deps,
  { project, caller }: FireRequest,
  provider: Provider,
  integration: Integration | undefined,
  event: StorableEvent,
): Promise<string> {
  await admitMadeUp(em, deps, project, 1);
  const receiveTime = deps.now();
  const target = { project, id: integration?.id ?? '', status: integration?.status ?? ('ACTIVE' as const) };
  const received = { provider: provider.id, source: 'SYNTHETIC' as const, receiveTime, events: [event] };
  await recordBatch(em, deps, [{ ...received, integration: target }], () => true);
  const [row] = await em.execute<{ id: string }[]>(
    `select id from integration_events
     where project = ? and integration_id = ? and delivery_key = ? and source = 'SYNTHETIC'
     order by receive_time desc, id desc limit 1`,
    [project, target.id, event.deliveryKey],
  );
  if (row === undefined) throw new Error('a test event left no receipt');
  await appendAudit(
    em,
    [
      {
        project,
        action: 'event.fire',
        caller,
        resource: row.id,
        provider: provider.id,
        outcome: 'SUCCEEDED',
        changes: [{ field: 'event_type', before: '', after: event.eventType }],
      },
    ],
    receiveTime,
  );
  return row.id;
}

function preview(
  deps: Pick<Deps, 'now'>,
  project: string,
  provider: Provider,
  integration: Integration | undefined,
  event: StorableEvent,
  isDuplicate: boolean,
): ListedEvent {
  return {
    id: '',
    project,
    provider: provider.id,
    integrationId: integration?.id ?? '',
    eventType: event.eventType,
    schemaVersion: event.schemaVersion,
    source: 'SYNTHETIC',
    deliveryKey: event.deliveryKey,
    semanticKey: undefined,
    occurTime: undefined,
    receiveTime: deps.now(),
    stage: isDuplicate ? 'DUPLICATE' : 'PUBLISHED',
    payload: event.payload,
    payloadTruncated: false,
    duplicateOf: undefined,
    replayOf: undefined,
    sourceEvent: undefined,
  };
}
