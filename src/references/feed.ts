import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Caller } from '../rpc/caller.ts';
import { pgArray } from '../store/sql.ts';
import { recheckWatched } from './check.ts';
import { listId } from './lists.ts';
import { extraOf, nameOf } from './names.ts';
import { findType } from './source.ts';
import { assertStorable } from './storable.ts';

export type FedReference = {
  readonly value: string;
  readonly label: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parent: string;
  readonly archived: boolean;
  /** Of the thing itself: grows with every change of it. */
  readonly version: number;
};

export type FeedPlace = { readonly project: string; readonly caller: Caller; readonly referenceType: string };

type Stored = { value: string; version: number; is_removed: boolean };

/**
 * Adds and replaces; a version that is not newer than the stored one is ignored, so that repeats and latecomers do no
 * harm. `complete`: what is not among the references is removed.
 */
export async function putReferences(
  em: EntityManager,
  deps: Deps,
  place: FeedPlace,
  references: readonly FedReference[],
  complete: boolean,
): Promise<{ readonly changed: number; readonly ignored: number; readonly removed: number }> {
  assertFed(deps, place);
  references.forEach(assertReferenceStorable);
  return em.transactional(async tx => {
    const stored = await lockStored(tx, place, references);
    const newest = newestOf(references).filter(r => r.version > (stored.get(r.value)?.version ?? 0));
    await upsert(tx, deps, place, newest);
    const gone = complete ? await removeOthers(tx, deps, place, references) : [];
    const archived = newest.flatMap(reference => (reference.archived ? [reference.value] : []));
    await recheckFed(tx, deps, place, [...gone, ...archived]);
    return { changed: newest.length, ignored: references.length - newest.length, removed: gone.length };
  });
}

/** Removes; the row stays under the removal's version, so that an older put cannot bring it back. */
export async function removeReferences(
  em: EntityManager,
  deps: Deps,
  place: FeedPlace,
  removals: readonly { readonly value: string; readonly version: number }[],
): Promise<{ readonly removed: number; readonly ignored: number }> {
  assertFed(deps, place);
  for (const [index, { value }] of removals.entries()) assertStorable(`references[${index}].value`, value);
  return em.transactional(async tx => {
    const stored = await lockStored(tx, place, removals);
    const newest = newestOf(removals);
    const due = newest.filter(r => r.version >= (stored.get(r.value)?.version ?? 0));
    await bury(tx, deps, place, due);
    await recheckFed(
      tx,
      deps,
      place,
      due.map(({ value }) => value),
    );
    const removed = due.filter(r => stored.get(r.value)?.is_removed === false).length;
    return { removed, ignored: newest.length - due.length };
  });
}

function assertFed(deps: Deps, { project, caller, referenceType }: FeedPlace): void {
  const { provider, type } = findType(deps, referenceType);
  if (!deps.access.permitsProvider(caller, provider.id, 'references.publish', project)) {
    const metadata = { permission: 'references.publish', project, provider: provider.id };
    throw new IntegrationError('PERMISSION_MISSING', metadata);
  }
  if (type.source !== 'PUBLISHED') {
    throw new IntegrationError('REFERENCE_TYPE_NOT_FED', { reference_type: referenceType });
  }
}

function assertReferenceStorable(reference: FedReference, index: number): void {
  const { value, label, description, parent, metadata } = reference;
  for (const [name, text] of Object.entries({ value, label, description, parent })) {
    assertStorable(`references[${index}].${name}`, text);
  }
  for (const text of Object.entries(metadata).flat()) assertStorable(`references[${index}].metadata`, text);
}

/** Of several with one value, the newest. */
function newestOf<T extends { readonly value: string; readonly version: number }>(all: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const one of all) if (one.version > (newest.get(one.value)?.version ?? 0)) newest.set(one.value, one);
  return [...newest.values()];
}

/** Writers of one type in one project take turns until their transaction ends. */
async function lockStored(
  tx: EntityManager,
  { project, referenceType }: FeedPlace,
  references: readonly { readonly value: string }[],
): Promise<ReadonlyMap<string, Stored>> {
  await tx.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`feed/${project}/${referenceType}`]);
  const rows = await tx.execute<Stored[]>(
    `select value, version::float8 as version, remove_time is not null as is_removed from published_references
      where project = ? and reference_type = ? and value = any(?::text[])`,
    [project, referenceType, pgArray(references.map(r => r.value))],
  );
  return new Map(rows.map(row => [row.value, row]));
}

async function upsert(
  tx: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, referenceType }: FeedPlace,
  references: readonly FedReference[],
): Promise<void> {
  if (references.length === 0) return;
  await tx.execute(
    `insert into published_references
       (project, reference_type, value, label, description, metadata, parent, archived, version, remove_time, update_time,
        name, extra)
     select ?, ?, r.value, r.label, nullif(r.description, ''), r.metadata, nullif(r.parent, ''), r.archived, r.version,
            null, ?, r.name, r.extra
       from jsonb_to_recordset(?::jsonb) as r (value text, label text, description text, metadata jsonb, parent text,
                                               archived boolean, version bigint, name text, extra text)
     on conflict (project, reference_type, value) do update set
       label = excluded.label, description = excluded.description, metadata = excluded.metadata,
       parent = excluded.parent, archived = excluded.archived, version = excluded.version,
       remove_time = null, update_time = excluded.update_time, name = excluded.name, extra = excluded.extra`,
    [project, referenceType, deps.now(), JSON.stringify(references.map(searchable))],
  );
}

function searchable(reference: FedReference): FedReference & { readonly name: string; readonly extra: string } {
  const { label, description } = reference;
  return { ...reference, name: nameOf(label), extra: extraOf(label, description === '' ? undefined : description) };
}

async function bury(
  tx: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, referenceType }: FeedPlace,
  removals: readonly { readonly value: string; readonly version: number }[],
): Promise<void> {
  if (removals.length === 0) return;
  const now = deps.now();
  await tx.execute(
    `insert into published_references
       (project, reference_type, value, label, metadata, archived, version, remove_time, update_time, name, extra)
     select ?, ?, r.value, '', '{}', false, r.version, ?, ?, '', ''
       from jsonb_to_recordset(?::jsonb) as r (value text, version bigint)
     on conflict (project, reference_type, value) do update set
       version = excluded.version, update_time = excluded.update_time,
       remove_time = coalesce(published_references.remove_time, excluded.remove_time)`,
    [project, referenceType, now, now, JSON.stringify(removals)],
  );
}

/**
 * Removes what a complete list leaves out. A list has no version and may be older than a reference it leaves out: the
 * same version put again brings it back, which is why the stored one is set back by one. Answers their values.
 */
async function removeOthers(
  tx: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, referenceType }: FeedPlace,
  references: readonly FedReference[],
): Promise<readonly string[]> {
  const now = deps.now();
  const gone = await tx.execute<{ value: string }[]>(
    `update published_references set remove_time = ?, update_time = ?, version = version - 1
      where project = ? and reference_type = ? and remove_time is null and value <> all(?::text[])
      returning value`,
    [now, now, project, referenceType, pgArray(references.map(r => r.value))],
  );
  return gone.map(({ value }) => value);
}

/** What automations hold of these is looked at in the next round. */
async function recheckFed(
  tx: EntityManager,
  deps: Pick<Deps, 'now'>,
  { project, referenceType }: FeedPlace,
  values: readonly string[],
): Promise<void> {
  const id = listId({ integrationId: undefined, referenceType, dependsOn: {} });
  await recheckWatched(tx, { project, id }, values, deps.now());
}
