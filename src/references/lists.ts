import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type ReferenceList, ReferenceListEntity } from './entity.ts';

export type ListPlace = { readonly project: string; readonly id: string };

/** What makes a list the one it is. */
export type ListKey = {
  readonly project: string;
  /** Undefined: of a built-in type. */
  readonly integrationId: string | undefined;
  readonly referenceType: string;
  readonly dependsOn: Readonly<Record<string, string>>;
};

/** One text for integration, type and the values depended on, in whatever order these were given. */
export function listId({ integrationId, referenceType, dependsOn }: Omit<ListKey, 'project'>): string {
  const given = Object.entries(dependsOn)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const key = JSON.stringify([integrationId ?? '', referenceType, given]);
  return createHash('sha256').update(key).digest('base64url').slice(0, 22);
}

export async function findList(em: EntityManager, { project, id }: ListPlace): Promise<ReferenceList | undefined> {
  const row = await em.findOne(ReferenceListEntity, { project, id }, { refresh: true });
  return row === null ? undefined : (row as ReferenceList);
}

/** Whose list it is, as far as the integration tells. */
export type ListOwner = { readonly accountId: string; readonly generation: number };

/**
 * Makes the list known, empty and due at `nextTime`; null is never. A new consent makes it due again, and another account
 * empties it: what one account sees is nothing to another.
 */
export async function keepList(
  em: EntityManager,
  key: ListKey,
  owner: ListOwner,
  times: { readonly now: Date; readonly nextTime: Date | null },
): Promise<ReferenceList> {
  const id = listId(key);
  const dependsOn = Object.fromEntries(Object.entries(key.dependsOn).filter(([, value]) => value !== ''));
  await em.execute(
    `delete from reference_lists where project = ? and id = ? and integration_generation <= ? and account_id <> ?`,
    [key.project, id, owner.generation, owner.accountId],
  );
  await em.execute(
    `insert into reference_lists as l (project, id, integration_id, reference_type, depends_on, account_id,
       integration_generation, generation, is_listing, known, failures, next_time, use_time)
     values (?, ?, ?, ?, ?::jsonb, ?, ?, 0, false, 0, 0, ?, ?)
     on conflict (project, id) do update set
       integration_generation = excluded.integration_generation, failure = null, failures = 0,
       next_time = least(l.next_time, excluded.next_time)
     where l.integration_generation < excluded.integration_generation
       or (l.next_time is null and excluded.next_time is not null)`,
    [
      ...[key.project, id, key.integrationId ?? null, key.referenceType, JSON.stringify(dependsOn)],
      ...[owner.accountId, owner.generation, times.nextTime, times.now],
    ],
  );
  const list = await findList(em, { project: key.project, id });
  if (list === undefined) throw new Error('a list went away while it was made');
  return list;
}

/** The list as it is, made known where it is not, or not under this consent, or not yet as one to be crawled. */
export async function openList(
  em: EntityManager,
  key: ListKey,
  owner: ListOwner,
  times: { readonly now: Date; readonly nextTime: Date | null },
): Promise<ReferenceList> {
  const list = await findList(em, { project: key.project, id: listId(key) });
  const isKnown = list !== undefined && list.integrationGeneration >= owner.generation;
  return isKnown && (list.nextTime !== null || times.nextTime === null) ? list : keepList(em, key, owner, times);
}

/** Notes that somebody looks through the list; writes at most once an hour. */
export async function noteUse(em: EntityManager, list: ReferenceList, now: Date): Promise<void> {
  if (now.getTime() - list.useTime.getTime() < 3_600_000) return;
  await em.execute('update reference_lists set use_time = ? where project = ? and id = ?', [
    now,
    list.project,
    list.id,
  ]);
}
