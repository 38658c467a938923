import { typeidUnboxed } from 'typeid-js';
import type { LeaseRow } from '../audit/admit.ts';
import type { AuditEntry } from '../audit/append.ts';
import type { AuditChange } from '../audit/entity.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { assertScopes, assertUsable, chooseAmong } from '../integrations/choose.ts';
import { availableProvider } from '../integrations/connect.ts';
import type { Integration } from '../integrations/entity.ts';
import { type Maybe, whenThere } from '../maybe.ts';
import { explainFailure } from '../outbound.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';
import { type OpenedCredential, openFrom, openPlatformCredential } from './open.ts';
import { type Rows, storedRows } from './rows.ts';

export type ResolveRequest = {
  readonly project: string;
  readonly target: { readonly provider: string } | { readonly integrationId: string };
  /** The action on whose behalf. */
  readonly purpose: string;
  readonly runId: string;
  readonly minValidityMs: number;
  readonly caller: Caller;
  /** The call's: aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** Set where the service sends the credential itself, and the caller does not get it. */
  readonly sending?: Sending;
};

export type Sending = {
  /** The lease lasts so long. */
  readonly holdMs: number;
  /** Refuses, before anything is opened, what must not be sent there; answers what the record says of it. */
  readonly check: (provider: Provider, integration: Integration | undefined) => AuditChange;
};

export type ResolvedCredential = {
  readonly opened: OpenedCredential;
  /** Absent: the operator's own credential. */
  readonly integration: Integration | undefined;
  readonly leaseId: string;
};

/** A lease ends with its token, and after an hour at most. */
const LEASE_MS = 3_600_000;
/** What changes between the reading and the record is read again, and seldom twice. */
const MAX_READINGS = 5;
/**
 * An answer that leaves later than this after its record was begun is not given: whoever freezes an integration waits
 * `FREEZE_SETTLES_MS`, which is longer, and then knows that no answer from before is still under way.
 */
const ANSWER_WITHIN_MS = 1_500;
export const FREEZE_SETTLES_MS = 2_000;

/**
 * Opens the credential for a trusted caller. The lease and the audit record are durable before this returns; where they
 * cannot be, it throws AUDIT_UNAVAILABLE and the secret stays. A refusal is put on record too. The first reading may be
 * of rows in memory, and refuses nothing. The integration and its credential are still as they were read when the
 * record is written; where they are not, they are read again.
 */
export async function resolveCredential(deps: Deps, request: ResolveRequest): Promise<ResolvedCredential> {
  const fromMemory = await resolveOnce(deps.hotRows, deps, request);
  if (fromMemory !== undefined) return fromMemory;
  deps.hotRows.forget(request.project);
  for (let reading = 1; reading <= MAX_READINGS; reading++) {
    const resolved = await resolveOnce(storedRows(deps.store.em.fork()), deps, request);
    if (resolved !== undefined) return resolved;
  }
  throw new IntegrationError('AUDIT_UNAVAILABLE', {}, { retryDelayMs: 1_000 });
}

/**
 * Undefined: the integration changed in the meantime, the answer would leave too late, or rows from memory say that it
 * has to be refused.
 */
async function resolveOnce(rows: Rows, deps: Deps, request: ResolveRequest): Promise<ResolvedCredential | undefined> {
  const { project, purpose, runId, sending } = request;
  const action = sending === undefined ? 'credential.resolve' : 'credential.send';
  const about = { project, action, caller: request.caller.identity, purpose, runId } as const;
  let found: Target | undefined;
  let opened: OpenedCredential;
  let changes: readonly AuditChange[] = [];
  try {
    const finding = findTarget(rows, deps, request);
    found = finding instanceof Promise ? await finding : finding;
    // That the project has none of its own is not for the memory to say: nothing would check it.
    if (rows === deps.hotRows && found.integration === undefined) return undefined;
    if (sending !== undefined) changes = [sending.check(found.provider, found.integration)];
    const opening = openTarget(rows, deps, found, request);
    opened = opening instanceof Promise ? await opening : opening;
    request.signal?.throwIfAborted();
  } catch (error) {
    // No secret was on its way to anybody, and nothing was refused: nothing is put on record.
    if (error === request.signal?.reason) throw error;
    if (rows === deps.hotRows) return undefined;
    const named = 'provider' in request.target ? request.target.provider : '';
    const refusal: AuditEntry = {
      ...about,
      resource: found?.integration?.id ?? ('integrationId' in request.target ? request.target.integrationId : ''),
      provider: found?.provider.id ?? named,
      outcome: 'DENIED',
      reason: error instanceof IntegrationError ? error.reason : 'INTERNAL',
    };
    await deps.audit.record(refusal);
    throw error;
  }
  const leaseId = typeidUnboxed('lease');
  const now = deps.now();
  const end = Math.min(
    now.getTime() + (sending?.holdMs ?? LEASE_MS),
    opened.expireTime?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const lease: LeaseRow = {
    project,
    id: leaseId,
    integrationId: found.integration?.id ?? '',
    revision: found.integration?.revision ?? 0,
    provider: found.provider.id,
    version: opened.version,
    caller: about.caller,
    purpose,
    runId,
    createTime: now,
    expireTime: new Date(end),
    perMinute: deps.access.budget(request.caller)?.perMinute,
  };
  const resource = lease.integrationId;
  const record = { ...about, resource, provider: found.provider.id, leaseId, changes, outcome: 'SUCCEEDED' } as const;
  const admission = await deps.audit.admit(record, lease);
  if (admission.kind === 'OVER_BUDGET') {
    const { retryDelayMs } = admission;
    throw new IntegrationError('RESOLVE_BUDGET_EXCEEDED', { caller: about.caller, project }, { retryDelayMs });
  }
  if (admission.kind === 'STALE' || performance.now() - admission.startMs > ANSWER_WITHIN_MS) return undefined;
  return { opened, integration: found.integration, leaseId };
}

type Target = { readonly provider: Provider; readonly integration: Integration | undefined };

function findTarget(rows: Rows, deps: Deps, request: ResolveRequest): Maybe<Target> {
  const { project, target, caller } = request;
  if ('integrationId' in target) {
    return whenThere(rows.integration(project, target.integrationId), integration => {
      assertProviderGranted(deps, caller, integration.provider, project);
      return { provider: availableProvider(deps, project, integration.provider), integration };
    });
  }
  assertProviderGranted(deps, caller, target.provider, project);
  const provider = availableProvider(deps, project, target.provider);
  return whenThere(rows.ofProvider(project, provider.id), integrations => {
    const chosen = chooseAmong(integrations);
    if (chosen === 'AMBIGUOUS_INTEGRATION') throw new IntegrationError(chosen, { project, provider: provider.id });
    if (chosen !== 'NOT_CONFIGURED') return { provider, integration: chosen };
    if (deps.platform.credentialOf(provider) !== undefined) return { provider, integration: undefined };
    throw new IntegrationError('NOT_CONFIGURED', { project, provider: provider.id });
  });
}

function openTarget(
  rows: Rows,
  deps: Deps,
  { provider, integration }: Target,
  request: ResolveRequest,
): Maybe<OpenedCredential> {
  if (integration === undefined) {
    const opened = openPlatformCredential(deps, provider);
    if (opened === undefined)
      throw new IntegrationError('NOT_CONFIGURED', { project: request.project, provider: provider.id });
    return opened;
  }
  assertUsable(integration);
  const action = deps.catalog.action(request.purpose);
  if (action?.provider.id === provider.id) assertScopes(integration, action.action.scopes);
  const opening = openFrom(deps, rows, integration, request.minValidityMs, request.signal);
  if (!(opening instanceof Promise)) return opening;
  return opening.catch((error: unknown) => {
    throw error instanceof ProviderError ? explainFailure(provider, error) : error;
  });
}

function assertProviderGranted(deps: Deps, caller: Caller, provider: string, project: string): void {
  if (deps.access.permitsProvider(caller, provider, 'credentials.resolve', project)) return;
  throw new IntegrationError('PERMISSION_MISSING', { permission: 'credentials.resolve', project, provider });
}
