import type { ParsedEvent } from '../delivery.ts';
import { ProviderError } from '../kit/error.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readObject } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Feed, FeedPage, FeedPlace } from '../subscription.ts';
import { bases } from './subscriptions.ts';

/** Vendor's largest page; each payload is one transaction. */
const PAYLOADS = 50;
/** More changes than a transaction of the vendor holds. */
const MAX_CHANGES = 10_000;

/** What the bell rings for: a webhook's payloads, numbered from 1, kept for a week. */
export const feed: Feed = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['webhook:manage', 'data.records:read', 'schema.bases:read'],
  everyMs: 3_600_000,
  rung: 'OF_SUBSCRIPTION',
  targets: bases,
  start: async () => '1',
  read,
};

async function read(call: ProviderCall, { target, subscription }: FeedPlace, cursor: string): Promise<FeedPage> {
  if (subscription === undefined) return { events: [], cursor, hasMore: false };
  const base = target.key;
  const url = `${call.endpoints.api}/bases/${segment(base)}/webhooks/${segment(subscription.id)}/payloads`;
  const { body } = await call.fetch(url, { query: { cursor, limit: PAYLOADS } });
  const payloads = readArray(at(body, 'payloads'), 'payloads');
  const next = at(body, 'cursor');
  if (typeof next !== 'number' || !Number.isSafeInteger(next)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('cursor is not a number'));
  }
  const events = payloads.flatMap((payload, index) =>
    eventsOf(base, subscription.id, readObject(payload, `[${index}]`)),
  );
  return { events, cursor: String(next), hasMore: at(body, 'mightHaveMore') === true };
}

type Change = { readonly object: 'record' | 'table' | 'field'; readonly verb: string; readonly facts: Json };

function eventsOf(base: string, webhook: string, payload: Json): readonly ParsedEvent[] {
  const occurTime = momentOf(payload.timestamp);
  const user = optionalString(at(payload.actionMetadata, 'sourceMetadata', 'user', 'id'));
  const source = optionalString(at(payload.actionMetadata, 'source'));
  return changesOf(payload).map(({ object, verb, facts }) => {
    const id = String(facts[object]);
    const transaction = Number(payload.baseTransactionNumber);
    return {
      eventType: `airtable.${object}.${verb}`,
      schemaVersion: 1,
      deliveryKey: `${webhook}/${transaction}/${object}/${id}/${verb}`,
      semanticKey: `${base}/${transaction}/${object}/${id}/${verb}`,
      ...objectOf(base, id),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: { base, timestamp: optionalString(payload.timestamp) ?? '', source, user, ...facts },
      meta: metaOf({ base, table: facts.table, [object]: id, source, user }),
    };
  });
}

function changesOf(payload: Json): readonly Change[] {
  const changes: Change[] = [];
  const note = (object: Change['object'], verb: string, facts: Json): void => {
    if (changes.length >= MAX_CHANGES)
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('too many changes'));
    changes.push({ object, verb, facts });
  };
  for (const [table, made] of entriesOf(payload.createdTablesById)) {
    note('table', 'created', { table, name: at(made, 'metadata', 'name') });
    for (const [record, row] of entriesOf(at(made, 'recordsById')))
      note('record', 'created', { table, record, ...valuesOf(row) });
  }
  for (const [table, changed] of entriesOf(payload.changedTablesById)) {
    for (const [record, row] of entriesOf(at(changed, 'createdRecordsById'))) {
      note('record', 'created', { table, record, ...valuesOf(row) });
    }
    for (const [record, row] of entriesOf(at(changed, 'changedRecordsById'))) {
      const previous = at(row, 'previous', 'cellValuesByFieldId');
      note('record', 'updated', {
        table,
        record,
        ...valuesOf(at(row, 'current')),
        ...(isObject(previous) && { previous }),
      });
    }
    for (const record of idsOf(at(changed, 'destroyedRecordIds'))) note('record', 'deleted', { table, record });
    for (const [id, made] of entriesOf(at(changed, 'createdFieldsById'))) {
      note('field', 'created', { table, field: id, name: at(made, 'name') });
    }
    for (const [id, made] of entriesOf(at(changed, 'changedFieldsById'))) {
      note('field', 'updated', { table, field: id, name: at(made, 'current', 'name') });
    }
    for (const id of idsOf(at(changed, 'destroyedFieldIds'))) note('field', 'deleted', { table, field: id });
    const metadata = at(changed, 'changedMetadata', 'current');
    if (isObject(metadata)) note('table', 'updated', { table, name: metadata.name });
  }
  for (const table of idsOf(payload.destroyedTableIds)) note('table', 'deleted', { table });
  return changes.map(change => ({ ...change, facts: withoutAbsent(change.facts) }));
}

function valuesOf(row: unknown): Json {
  const values = at(row, 'cellValuesByFieldId');
  return isObject(values) ? { values } : {};
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(id => typeof id === 'string') : [];
}

/** A name that is none is left out. */
function withoutAbsent(facts: Json): Json {
  return Object.fromEntries(
    Object.entries(facts).filter(([name, value]) => name !== 'name' || typeof value === 'string'),
  );
}
