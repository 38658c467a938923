import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A row that was read: what it lacks is null. */
type Stored<Row> = { [Name in keyof Row]: Exclude<Row[Name], undefined> };

/** A reference that a platform service published. A put with an older version than the stored one changes nothing. */
export const PublishedReferenceEntity = defineEntity({
  name: 'PublishedReference',
  tableName: 'published_references',
  properties: {
    project: p.text().primary(),
    referenceType: p.text().primary(),
    value: p.text().primary(),
    label: p.text(),
    description: p.text().nullable(),
    metadata: p.json<Record<string, string>>(),
    parent: p.text().nullable(),
    archived: p.boolean(),
    version: p.bigint('number'),
    /** Set: removed; the row stays so that an older put cannot bring it back. */
    removeTime: p.datetime().nullable(),
    updateTime: p.datetime(),
    /** For searching: see names.ts. */
    name: p.text(),
    extra: p.text(),
  },
});
export type PublishedReference = InferEntity<typeof PublishedReferenceEntity>;

export type ReferenceFailure =
  | 'RATE_LIMITED'
  | 'SCOPE_MISSING'
  | 'PERMISSION_MISSING'
  | 'CREDENTIAL_REFUSED'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_ANSWER_INVALID'
  /** What the list depends on is not there, or not for this integration. */
  | 'DEPENDENCY_UNKNOWN';

/** One list that we index, or would: a type through an integration under the values it depends on. */
export const ReferenceListEntity = defineEntity({
  name: 'ReferenceList',
  tableName: 'reference_lists',
  properties: {
    project: p.text().primary(),
    /** See listId. */
    id: p.text().primary(),
    /** Null: of a built-in type, which is watched but not crawled. */
    integrationId: p.text().nullable(),
    referenceType: p.text(),
    dependsOn: p.json<Record<string, string>>(),
    /** Whose list it is. Another account under the same integration makes it void. */
    accountId: p.text(),
    integrationGeneration: p.integer(),
    /** Counts the crawls: a reference has the number of the last one that saw it. */
    generation: p.integer(),
    /** Pages are still to be read, from `cursor`; null is the first. */
    isListing: p.boolean(),
    cursor: p.text().nullable(),
    /** Set: a crawl is under way, whether a process works at it now or not. */
    beginTime: p.datetime().nullable(),
    /** The end of the last whole crawl. Null: there was none, the index is young. */
    completeTime: p.datetime().nullable(),
    /** How many are PRESENT. */
    known: p.integer(),
    /** Why the last attempt ended early. */
    failure: p.text().$type<ReferenceFailure>().nullable(),
    failureScopes: p.array().nullable(),
    failures: p.integer(),
    /** When to crawl, or go on. Null: never. */
    nextTime: p.datetime().nullable(),
    /** When to ask for single references; null: none is in doubt. */
    checkTime: p.datetime().nullable(),
    /** The last lookup, within an hour. */
    useTime: p.datetime(),
    holder: p.text().nullable(),
    /** By the store's clock. */
    leaseEndTime: p.datetime().nullable(),
  },
});
export type ReferenceList = Stored<InferEntity<typeof ReferenceListEntity>>;

export type IndexedState = 'PRESENT' | 'ARCHIVED' | 'NO_ACCESS' | 'NOT_FOUND';

export const IndexedReferenceEntity = defineEntity({
  name: 'IndexedReference',
  tableName: 'indexed_references',
  properties: {
    project: p.text().primary(),
    list: p.text().primary(),
    value: p.text().primary(),
    label: p.text(),
    description: p.text().nullable(),
    metadata: p.json<Record<string, string>>(),
    parent: p.text().nullable(),
    /** NOT_FOUND rows stay: what follows of them is known to be late. */
    state: p.text().$type<IndexedState>(),
    name: p.text(),
    extra: p.text(),
    generation: p.integer(),
    /** When the provider last vouched for it. */
    seenTime: p.datetime(),
    /** The provider's time of the last event about it. */
    changeTime: p.datetime().nullable(),
    /** Our time of that event: a page asked for before does not overwrite it. */
    touchTime: p.datetime().nullable(),
    /** Set: in doubt, to be asked for. */
    checkTime: p.datetime().nullable(),
  },
});
export type IndexedReference = Stored<InferEntity<typeof IndexedReferenceEntity>>;

/** A value that an automation holds, as far as we know: it was resolved in the last 30 days. */
export const WatchedReferenceEntity = defineEntity({
  name: 'WatchedReference',
  tableName: 'watched_references',
  properties: {
    project: p.text().primary(),
    list: p.text().primary(),
    value: p.text().primary(),
    label: p.text(),
    state: p.text().$type<IndexedState>(),
    resolveTime: p.datetime(),
    nextTime: p.datetime(),
    /** Since when it is archived, gone or out of reach. */
    brokenTime: p.datetime().nullable(),
  },
});
