import type { EntityManager } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import { countOpenLeases, revokeLeases } from '../credentials/leases.ts';
import type { Deps } from '../deps.ts';
import { announce } from '../store/changes.ts';
import { pgArray } from '../store/sql.ts';
import { type Integration, IntegrationEntity } from './entity.ts';

/** All conditions that are given must hold. */
export type Selection = {
  /** `*`: every project. */
  readonly project: string;
  readonly provider: string;
  readonly accountId: string;
  readonly integrationIds: readonly string[];
};

export type Selected = { readonly integration: Integration; readonly openLeaseCount: number };

const BATCH = 500;

/** The integrations that match, a batch at a time, by project and id. */
export async function* selectIntegrations(
  em: () => EntityManager,
  selection: Selection,
): AsyncGenerator<readonly { readonly project: string; readonly id: string }[]> {
  const { project, provider, accountId, integrationIds } = selection;
  let after = { project: '', id: '' };
  for (;;) {
    const rows = await em().execute<{ project: string; id: string }[]>(
      `select project, id from integrations
       where (project, id) > (?, ?) ${project === '*' ? '' : 'and project = ?'} ${provider === '' ? '' : 'and provider = ?'}
         ${accountId === '' ? '' : 'and account_id = ?'} ${integrationIds.length === 0 ? '' : 'and id = any(?::text[])'}
       order by project, id limit ${BATCH}`,
      [
        after.project,
        after.id,
        ...(project === '*' ? [] : [project]),
        ...(provider === '' ? [] : [provider]),
        ...(accountId === '' ? [] : [accountId]),
        ...(integrationIds.length === 0 ? [] : [pgArray(integrationIds)]),
      ],
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (rows.length < BATCH || last === undefined) return;
    after = last;
  }
}

export const FROZEN_MESSAGE = 'Frozen by an emergency revocation. Connect it again to bring it back.';

/**
 * Takes the integrations out of use whatever their status: from the commit on nothing hands out, refreshes or copies
 * their credentials. Those frozen before stay as they are.
 */
export async function freezeIntegrations(
  deps: Deps,
  keys: readonly { readonly project: string; readonly id: string }[],
  why: { readonly caller: string; readonly reason: string; readonly requestId: string },
): Promise<readonly Selected[]> {
  return deps.store.em.fork().transactional(async em => {
    const now = deps.now();
    const [projects, ids] = [pgArray(keys.map(k => k.project)), pgArray(keys.map(k => k.id))];
    // In one order, as the record of a resolve takes them: nobody waits in a circle.
    await em.execute(
      `select 1 from integrations i where (i.project, i.id) in (select * from unnest(?::text[], ?::text[]))
       order by i.project, i.id for update`,
      [projects, ids],
    );
    const frozen = await em.execute<{ project: string; id: string }[]>(
      `update integrations i set status = 'EXPIRED', generation = generation + 1, revision = revision + 1, update_time = ?,
         health_cause = 'EXPIRED', health_since = ?, health_message = ?
       where (i.project, i.id) in (select * from unnest(?::text[], ?::text[]))
         and not (status = 'EXPIRED' and health_message is not distinct from ?)
       returning project, id`,
      [now, now, FROZEN_MESSAGE, projects, ids, FROZEN_MESSAGE],
    );
    const integrations = await readIntegrations(em, keys);
    const open = await countOpenLeases(em, integrations, now);
    await revokeLeases(em, integrations, now);
    const isFrozenNow = new Set(frozen.map(({ project, id }) => `${project}/${id}`));
    const changed = integrations.filter(({ project, id }) => isFrozenNow.has(`${project}/${id}`));
    if (changed.length > 0) {
      await appendAudit(
        em,
        changed.map(({ project, id, provider }) => ({
          project,
          action: 'integration.freeze',
          caller: why.caller,
          resource: id,
          provider,
          outcome: 'SUCCEEDED' as const,
          changes: [
            { field: 'reason', before: '', after: why.reason },
            { field: 'request_id', before: '', after: why.requestId },
          ].filter(({ after }) => after !== ''),
        })),
        now,
      );
    }
    for (const project of new Set(changed.map(i => i.project))) await announce(em, 'integration_changed', project);
    return integrations.map(integration => ({ integration, openLeaseCount: open.get(integration.id) ?? 0 }));
  });
}

/** As they are now, in the order of their keys; those deleted meanwhile are left out. */
export async function readIntegrations(
  em: EntityManager,
  keys: readonly { readonly project: string; readonly id: string }[],
): Promise<readonly Integration[]> {
  const byProject = Map.groupBy(keys, key => key.project);
  const found: Integration[] = [];
  for (const [project, group] of byProject) {
    const where = { project, id: { $in: group.map(({ id }) => id) } };
    found.push(...(await em.find(IntegrationEntity, where, { orderBy: { id: 'asc' }, refresh: true })));
  }
  return found;
}
