import { setTimeout as sleep } from 'node:timers/promises';
import { appendAudit } from '../audit/append.ts';
import { countOpenLeases } from '../credentials/leases.ts';
import { FREEZE_SETTLES_MS } from '../credentials/resolve.ts';
import { type Revocation, revocableVersions, revocationChanges, revokeCredentials } from '../credentials/revoke.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Caller } from '../rpc/caller.ts';
import { removalChanges, removeSubscriptions } from '../subscriptions/remove.ts';
import type { Integration } from './entity.ts';
import { freezeIntegrations, readIntegrations, type Selected, type Selection, selectIntegrations } from './freeze.ts';

export type RevokeRequest = Selection & {
  readonly isRehearsal: boolean;
  readonly reason: string;
  readonly requestId: string;
  readonly caller: Caller;
};

export type RevocationReceipt = Selected & {
  readonly isFrozen: boolean;
  readonly revocations: readonly (Omit<Revocation, 'outcome'> & {
    readonly outcome: Revocation['outcome'] | 'DRY_RUN';
  })[];
};

const PERMISSION = 'integrations.manage';
const CONCURRENCY = 16;
/** Then the call answers, and what was not tried says so: the freeze holds, and the call can be repeated. */
const MAX_TIME_MS = 120_000;

/**
 * The break-glass: freezes all that match first, then revokes at the vendors. From the moment it returns no process hands
 * out a credential of these integrations; a new consent brings one back. The operator's own credentials in the platform
 * file are no integrations: it does not touch them, and a project whose integration is frozen is not given them instead.
 */
export async function revokeIntegrations(deps: Deps, request: RevokeRequest): Promise<readonly RevocationReceipt[]> {
  if (request.project === '*' && deps.access.grantedProjects(request.caller, PERMISSION) !== '*') {
    throw new IntegrationError('PERMISSION_MISSING', { permission: PERMISSION, project: '*' });
  }
  return request.isRehearsal ? rehearse(deps, request) : freezeAndRevoke(deps, request);
}

async function rehearse(deps: Deps, request: RevokeRequest): Promise<readonly RevocationReceipt[]> {
  const receipts: RevocationReceipt[] = [];
  for await (const keys of selectIntegrations(() => deps.store.em.fork(), request)) {
    const em = deps.store.em.fork();
    const integrations = await readIntegrations(em, keys);
    const open = await countOpenLeases(em, integrations, deps.now());
    for (const integration of integrations) {
      const versions = await revocableVersions(em, integration);
      const revocations = versions.map(version => ({ ...version, outcome: 'DRY_RUN' as const, message: '' }));
      receipts.push({ integration, openLeaseCount: open.get(integration.id) ?? 0, isFrozen: false, revocations });
    }
  }
  return receipts;
}

async function freezeAndRevoke(deps: Deps, request: RevokeRequest): Promise<readonly RevocationReceipt[]> {
  const startMs = performance.now();
  const { reason, requestId } = request;
  const caller = request.caller.identity;
  const selected: Selected[] = [];
  for await (const keys of selectIntegrations(() => deps.store.em.fork(), request)) {
    selected.push(...(await freezeIntegrations(deps, keys, { caller, reason, requestId })));
  }
  if (selected.length === 0) return [];
  // No answer of a resolve that was on record before the freeze is still under way after this.
  const settled = sleep(FREEZE_SETTLES_MS);
  const receipts = new Array<RevocationReceipt>(selected.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < selected.length; at = next++) {
      const one = selected[at] as Selected;
      const isLate = performance.now() - startMs > MAX_TIME_MS || deps.stopping.aborted;
      const revocations = isLate
        ? await untried(deps, one.integration)
        : await revokeOne(deps, one.integration, caller, requestId);
      receipts[at] = { ...one, isFrozen: true, revocations };
    }
  };
  await Promise.all([settled, ...Array.from({ length: CONCURRENCY }, worker)]);
  return receipts;
}

async function revokeOne(
  deps: Deps,
  integration: Integration,
  caller: string,
  requestId: string,
): Promise<readonly Revocation[]> {
  try {
    const [now] = await readIntegrations(deps.store.em.fork(), [integration]);
    // Deleted, which revokes by itself, or connected again, which is somebody's newer will.
    if (now?.generation !== integration.generation) return [];
    const webhooks = await removeSubscriptions(deps, integration);
    const revocations = await revokeCredentials(deps, integration);
    await deps.store.em.fork().transactional(em =>
      appendAudit(
        em,
        [
          {
            project: integration.project,
            action: 'integration.revoke',
            caller,
            resource: integration.id,
            provider: integration.provider,
            outcome: revocations.some(r => r.outcome === 'FAILED') ? 'FAILED' : 'SUCCEEDED',
            changes: [
              ...(requestId === '' ? [] : [{ field: 'request_id', before: '', after: requestId }]),
              ...removalChanges(webhooks),
              ...revocationChanges(revocations),
            ],
          },
        ],
        deps.now(),
      ),
    );
    return revocations;
  } catch (error) {
    // The freeze is done and the others go on; this one's receipt says that it has to be tried again.
    deps.log.error({ err: error, integration: integration.id }, 'a revocation was cut short');
    return await untried(deps, integration);
  }
}

async function untried(deps: Deps, integration: Integration): Promise<readonly Revocation[]> {
  const message = 'It was not tried to its end; repeat the call.';
  const versions = await revocableVersions(deps.store.em.fork(), integration);
  return versions.map(version => ({ ...version, outcome: 'FAILED' as const, message }));
}
