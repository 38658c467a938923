import type { EntityManager } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import { countHolders, destroyProjectCredentials } from '../credentials/destroy_project.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { expireProject } from '../integrations/expire_project.ts';
import { announce } from '../store/changes.ts';
import { forgetSubscriptions } from '../subscriptions/remove.ts';

export type Shredded = {
  /** How many integrations lost their credentials by this call, or would. */
  readonly integrationCount: number;
  /** Absent in a dry run. */
  readonly shredTime: Date | undefined;
};

const MESSAGE = "The project's keys were destroyed; what it connects from now on is sealed with new ones.";

/**
 * Destroys the project's data keys and what they sealed, in one transaction with the record of it. Every process throws
 * its copies of the keys away as it learns of it; before that the sealed values are gone already. Repeated: nothing more
 * is lost, and the time is that of the first. The project may connect anew, under a new key.
 */
export async function shredProject(
  deps: Deps,
  request: {
    readonly project: string;
    readonly confirmProject: string;
    readonly reason: string;
    readonly dryRun: boolean;
    readonly caller: string;
  },
): Promise<Shredded> {
  const { project, dryRun } = request;
  if (request.confirmProject !== project) throw invalidField('confirm_project', 'must be the same as project');
  const shredded = await deps.store.em
    .fork()
    .transactional(em => (dryRun ? rehearse(em, project) : shred(em, deps, request)));
  if (!dryRun) deps.vault.forget(project);
  return shredded;
}

async function rehearse(em: EntityManager, project: string): Promise<Shredded> {
  await lockKeys(em, project);
  return { integrationCount: await countHolders(em, project), shredTime: undefined };
}

async function shred(
  em: EntityManager,
  deps: Deps,
  { project, reason, caller }: { readonly project: string; readonly reason: string; readonly caller: string },
): Promise<Shredded> {
  const keys = await lockKeys(em, project);
  if (keys.every(key => key.shred_time !== null)) {
    const times = keys.map(key => new Date(key.shred_time as string | Date).getTime());
    return { integrationCount: 0, shredTime: new Date(Math.max(...times)) };
  }
  const now = deps.now();
  const integrationCount = await countHolders(em, project);
  await em.execute('update data_keys set wrapped = null, shred_time = ? where project = ? and wrapped is not null', [
    now,
    project,
  ]);
  await destroyProjectCredentials(em, project, now);
  await forgetSubscriptions(em, { project });
  await expireProject(em, project, MESSAGE, now);
  const changes = [
    { field: 'reason', before: '', after: JSON.stringify(reason) },
    { field: 'integration_count', before: '', after: String(integrationCount) },
  ];
  const record = { project, action: 'project.shred', caller, resource: project, provider: '', changes } as const;
  await appendAudit(em, [{ ...record, outcome: 'SUCCEEDED' }], now);
  await announce(em, 'project_shredded', project);
  await announce(em, 'integration_changed', project);
  return { integrationCount, shredTime: now };
}

async function lockKeys(em: EntityManager, project: string) {
  const keys = await em.execute<{ shred_time: string | Date | null }[]>(
    'select shred_time from data_keys where project = ? order by id for update',
    [project],
  );
  if (keys.length === 0) throw new IntegrationError('PROJECT_NOT_FOUND', { project });
  return keys;
}
