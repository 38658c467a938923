import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { decodePageToken, encodePageToken, pageSize } from '../store/page.ts';
import { pgArray } from '../store/sql.ts';
import { type CredentialLease, CredentialLeaseEntity } from './entity.ts';

export type LeaseState = 'ACTIVE' | 'RELEASED' | 'EXPIRED' | 'REVOKED';

/** Where the lease stands: what ended it first is what it says. */
export function leaseState(lease: CredentialLease, now: Date): LeaseState {
  if (lease.releaseTime) return 'RELEASED';
  if (lease.revokeTime) return 'REVOKED';
  return lease.expireTime <= now ? 'EXPIRED' : 'ACTIVE';
}

/** Ends a lease of the caller's; one that is over stays as it ended. Another caller's is not found. */
export async function releaseCredential(
  em: EntityManager,
  deps: Deps,
  request: { readonly project: string; readonly leaseId: string; readonly caller: string },
): Promise<CredentialLease> {
  const { project, leaseId: id, caller } = request;
  const lease = await em.findOne(CredentialLeaseEntity, { project, id, caller });
  if (lease === null) throw new IntegrationError('LEASE_NOT_FOUND', { project, lease_id: id });
  const now = deps.now();
  if (leaseState(lease, now) !== 'ACTIVE') return lease;
  const { integrationId: resource, provider, purpose, runId } = lease;
  await deps.audit.record({
    project,
    action: 'credential.release',
    caller,
    resource,
    provider,
    purpose,
    runId,
    leaseId: id,
    outcome: 'SUCCEEDED',
  });
  const open = { project, id, releaseTime: null, revokeTime: null };
  await em.nativeUpdate(CredentialLeaseEntity, open, { releaseTime: now });
  return em.findOneOrFail(CredentialLeaseEntity, { project, id }, { refresh: true });
}

export type LeaseFilter = {
  readonly project: string;
  readonly integrationId: string;
  readonly caller: string;
  readonly runId: string;
  readonly state: LeaseState | undefined;
};

/** The project's leases that fit, the newest first. */
export async function listLeases(
  em: EntityManager,
  filter: LeaseFilter,
  page: { readonly size: number; readonly token: string },
  now: Date,
): Promise<{ readonly leases: readonly CredentialLease[]; readonly nextPageToken: string }> {
  const { project, integrationId, caller, runId, state } = filter;
  const cursor = decodePageToken(filter, page.token, 1);
  const size = pageSize(page.size);
  const rows = await em.find(
    CredentialLeaseEntity,
    {
      project,
      ...(integrationId !== '' && { integrationId }),
      ...(caller !== '' && { caller }),
      ...(runId !== '' && { runId }),
      ...(state !== undefined && inState(state, now)),
      ...(cursor && { id: { $lt: cursor[0] ?? '' } }),
    },
    // Ids grow with time.
    { orderBy: { id: 'desc' }, limit: size + 1 },
  );
  const leases = rows.slice(0, size);
  const last = leases.at(-1);
  const more = rows.length > size && last !== undefined;
  return { leases, nextPageToken: more ? encodePageToken(filter, [last.id]) : '' };
}

/** The same as leaseState, for the store. */
function inState(state: LeaseState, now: Date) {
  switch (state) {
    case 'RELEASED':
      return { releaseTime: { $ne: null } };
    case 'REVOKED':
      return { releaseTime: null, revokeTime: { $ne: null } };
    case 'EXPIRED':
      return { releaseTime: null, revokeTime: null, expireTime: { $lte: now } };
    case 'ACTIVE':
      return { releaseTime: null, revokeTime: null, expireTime: { $gt: now } };
  }
}

/** Ends the leases that run on these integrations, because their credentials are no longer to be used. */
export async function revokeLeases(
  em: EntityManager,
  integrations: readonly { readonly project: string; readonly id: string }[],
  now: Date,
): Promise<void> {
  await em.execute(
    `update credential_leases l set revoke_time = ?
     from unnest(?::text[], ?::text[]) as i (project, id)
     where l.project = i.project and l.integration_id = i.id and l.expire_time > ?
       and l.release_time is null and l.revoke_time is null`,
    [now, pgArray(integrations.map(i => i.project)), pgArray(integrations.map(i => i.id)), now],
  );
}

/** How many leases run on each of these integrations. */
export async function countOpenLeases(
  em: EntityManager,
  integrations: readonly { readonly project: string; readonly id: string }[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const rows = await em.execute<{ id: string; count: number }[]>(
    `select i.id, count(*)::int as count
     from unnest(?::text[], ?::text[]) as i (project, id)
     join credential_leases l on l.project = i.project and l.integration_id = i.id and l.expire_time > ?
       and l.release_time is null and l.revoke_time is null
     group by i.project, i.id`,
    [pgArray(integrations.map(i => i.project)), pgArray(integrations.map(i => i.id)), now],
  );
  return new Map(rows.map(row => [row.id, row.count]));
}

export type LeaseUse = {
  readonly purpose: string;
  readonly caller: string;
  readonly count: number;
  readonly lastTime: Date;
  readonly openCount: number;
};

/** Who used the integration's credential since then and what for; as leases tell, so SendAuthorizedRequest is among it. */
export async function leaseUses(
  em: EntityManager,
  integration: { readonly project: string; readonly id: string },
  since: Date,
  now: Date,
): Promise<readonly LeaseUse[]> {
  const rows = await em.execute<(Omit<LeaseUse, 'lastTime'> & { lastMs: number })[]>(
    `select purpose, caller, count(*)::int as count,
       (extract(epoch from max(create_time)) * 1000)::float8 as "lastMs",
       (count(*) filter (where expire_time > ? and release_time is null and revoke_time is null))::int as "openCount"
     from credential_leases where project = ? and integration_id = ? and expire_time > ? and create_time > ?
     group by purpose, caller`,
    [now, integration.project, integration.id, since, since],
  );
  return rows.map(({ lastMs, ...row }) => ({ ...row, lastTime: new Date(lastMs) }));
}
