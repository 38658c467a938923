import type { EntityManager } from '@mikro-orm/postgresql';
import { pgArray, type Statements } from '../store/sql.ts';
import type { IntegrationStatus } from './entity.ts';

export type AccountIntegration = {
  readonly project: string;
  readonly id: string;
  readonly provider: string;
  readonly accountId: string;
  readonly status: IntegrationStatus;
};

/**
 * The integrations of these accounts, in whichever projects; the oldest first. Named by id or by URL; an empty
 * account is nobody's.
 */
export async function integrationsOfAccounts(
  em: Statements,
  accounts: readonly { readonly provider: string; readonly accountId: string }[],
): Promise<readonly AccountIntegration[]> {
  const known = accounts.filter(a => a.accountId !== '');
  if (known.length === 0) return [];
  return em.execute<AccountIntegration[]>(
    `select i.project, i.id, i.provider, a.account_id as "accountId", i.status
     from (select distinct * from unnest(?::text[], ?::text[]) as w (provider, account_id)) a
     join integrations i on i.provider = a.provider and (i.account_id = a.account_id or i.account_url = a.account_id)
     order by i.create_time, i.id`,
    [pgArray(known.map(a => a.provider)), pgArray(known.map(a => a.accountId))],
  );
}

export type ActiveIntegration = {
  readonly project: string;
  readonly id: string;
  readonly provider: string;
  readonly accountId: string;
  readonly generation: number;
};

/** The ACTIVE integrations of a project, or of all. */
export async function activeIntegrations(em: EntityManager, project?: string): Promise<readonly ActiveIntegration[]> {
  return em.execute<ActiveIntegration[]>(
    `select project, id, provider, account_id as "accountId", generation from integrations
      where status = 'ACTIVE' ${project === undefined ? '' : 'and project = ?'} order by project, id`,
    project === undefined ? [] : [project],
  );
}
