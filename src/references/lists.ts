import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { rowOfJson } from '../store/row_json.ts';
import { dropLeastUsed } from './cap_lists.ts';
import type { ReferenceList } from './entity.ts';

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
  const given = Object.entries(givenOf(dependsOn)).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = JSON.stringify([integrationId ?? '', referenceType, given]);
  return createHash('sha256').update(key).digest('base64url').slice(0, 22);
}

/** An empty value is none. */
export function givenOf(dependsOn: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(dependsOn).filter(([, value]) => value !== ''));
}

export async function findList(em: EntityManager, { project, id }: ListPlace): Promise<ReferenceList | undefined> {
  const [row] = await em.execute<{ list: Record<string, unknown> }[]>(
    'select to_jsonb(l) as list from reference_lists l where project = ? and id = ?',
    [project, id],
  );
  return row && listOf(row.list);
}

const TIMES: ReadonlySet<string> = new Set([
  'beginTime',
  'completeTime',
  'nextTime',
  'checkTime',
  'useTime',
  'leaseEndTime',
]);

/** From its row as `to_jsonb` tells it. */
export function listOf(json: Readonly<Record<string, unknown>>): ReferenceList {
  return rowOfJson(json, TIMES);
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
  const dependsOn = givenOf(key.dependsOn);
  await em.execute(
    `delete from reference_lists where project = ? and id = ? and integration_generation <= ? and account_id <> ?`,
    [key.project, id, owner.generation, owner.accountId],
  );
  const kept = await em.execute<unknown[]>(
    `insert into reference_lists as l (project, id, integration_id, reference_type, depends_on, account_id,
       integration_generation, generation, is_listing, known, failures, next_time, use_time)
     values (?, ?, ?, ?, ?::jsonb, ?, ?, 0, false, 0, 0, ?, ?)
     on conflict (project, id) do update set
       integration_generation = excluded.integration_generation, failure = null, failures = 0,
       next_time = least(l.next_time, excluded.next_time)
     where l.integration_generation < excluded.integration_generation
       or (l.next_time is null and excluded.next_time is not null)
     returning id`,
    [
      ...[key.project, id, key.integrationId ?? null, key.referenceType, JSON.stringify(dependsOn)],
      ...[owner.accountId, owner.generation, times.nextTime, times.now],
    ],
  );
  const isDependent = key.integrationId !== undefined && Object.keys(dependsOn).length > 0;
  if (isDependent && kept.length > 0) await dropLeastUsed(em, { project: key.project, id }, key.integrationId);
  const list = await findList(em, { project: key.project, id });
  if (list === undefined) throw new Error('a list went away while it was made');
  return list;
}

/** The list as it was read, made known where it is not, or not under this consent, or not yet as one to be crawled. */
export async function openList(
  em: EntityManager,
  key: ListKey,
  owner: ListOwner,
  times: { readonly now: Date; readonly nextTime: Date | null },
  list: ReferenceList | undefined,
): Promise<ReferenceList> {
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
