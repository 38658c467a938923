import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import type { Deps } from '../deps.ts';
import { findIntegration } from '../integrations/choose.ts';
import { expireIntegration, setHealth } from '../integrations/health.ts';
import { reveal, Secret } from '../secret.ts';
import { announce } from '../store/changes.ts';
import { noteAppRefused } from './app_incident.ts';
import { RefreshEntity } from './entity.ts';
import { endsGrant, type RefreshFailure, type RefreshRefused } from './refresh_grant.ts';
import { keepAnswer, type RefreshTarget, releaseLease } from './refresh_lease.ts';
import { storeCredential } from './store.ts';
import type { OAuthGrant } from './token_endpoint.ts';

/** The next time to send a refresh token that was spent. */
export const SPENT = new Date('9999-01-01T00:00:00Z');
const MAX_BACKOFF_MS = 30 * 60_000;
const FIRST_BACKOFF_MS = 5_000;

/** Where a kept answer is sealed. */
export function answerPlace({ project, integrationId, version }: Omit<RefreshTarget, 'generation'>) {
  return { project, integrationId, field: 'refresh-answer', version };
}

/** Seals the answer and makes it durable: from here on the grant cannot be lost with this process. */
export async function keepGrant(
  em: EntityManager,
  deps: Deps,
  target: RefreshTarget,
  holder: string,
  grant: OAuthGrant,
): Promise<boolean> {
  const sealed = await deps.vault.seal(answerPlace(target), {
    ...grant.secrets,
    ':expire_time': new Secret(grant.expireTime?.toISOString() ?? ''),
    ':granted_scopes': new Secret(grant.grantedScopes?.join(' ') ?? ''),
  });
  return keepAnswer(em, target, holder, sealed);
}

/**
 * Makes a kept answer the current credential. Of several who try, one does; where a newer consent came in the meantime
 * the answer belongs to a grant that is over, and is dropped. Where the integration was taken out of use, the answer stays
 * for whoever revokes it.
 */
export async function swapAnswer(em: EntityManager, deps: Deps, target: RefreshTarget, caller: string): Promise<void> {
  const { project, integrationId, version, generation } = target;
  await em.transactional(async tx => {
    const refresh = await tx.findOne(
      RefreshEntity,
      { project, integrationId, version, generation, state: 'ANSWERED' },
      { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
    );
    if (refresh === null || !refresh.sealedAnswer) return;
    const integration = await findIntegration(tx, project, integrationId, LockMode.PESSIMISTIC_WRITE);
    if (integration.generation !== generation && integration.status !== 'ACTIVE') return;
    const { sealedAnswer } = refresh;
    // Never again: a claim that waited for this row saw the version as current when it began.
    Object.assign(refresh, { state: 'IDLE', sealedAnswer: null, failure: null, failures: 0, nextTime: SPENT });
    await tx.flush();
    if (integration.generation !== generation) return;
    const {
      ':expire_time': expireTime,
      ':granted_scopes': scopes,
      ...secrets
    } = await deps.vault.open(answerPlace(target), sealedAnswer);
    await storeCredential(tx, deps, {
      project,
      integrationId,
      secrets,
      expireTime: expireTime && reveal(expireTime) !== '' ? new Date(reveal(expireTime)) : undefined,
      refreshable: true,
      caller,
      overlapMs: 0,
    });
    const granted = scopes === undefined || reveal(scopes) === '' ? undefined : reveal(scopes).split(' ');
    await setHealth(tx, deps, integration, undefined, granted);
    await appendAudit(
      tx,
      [
        {
          project,
          action: 'credential.refresh',
          caller,
          resource: integrationId,
          provider: integration.provider,
          outcome: 'SUCCEEDED',
          changes: [{ field: 'version', before: String(version), after: String(version + 1) }],
        },
      ],
      deps.now(),
    );
    await announce(tx, 'integration_changed', project);
  });
}

/** Puts a failure on record, if the lease is still ours: grant-level causes expire the integration, others wait and try again. */
export async function recordFailure(
  em: EntityManager,
  deps: Deps,
  target: RefreshTarget,
  holder: string,
  refused: RefreshRefused,
): Promise<void> {
  const { failure } = refused;
  await em.transactional(async tx => {
    const refresh = await tx.findOne(RefreshEntity, { ...target, holder }, { refresh: true });
    if (refresh === null) return;
    const failures = refresh.failures + 1;
    const waitMs = endsGrant(failure) ? 0 : backoffMs(failures, refused.retryAfterMs, deps.random);
    const nextTime = new Date(deps.now().getTime() + waitMs);
    if (!(await releaseLease(tx, target, holder, { failure, failures, nextTime }))) return;
    const integration = await findIntegration(tx, target.project, target.integrationId, LockMode.PESSIMISTIC_WRITE);
    if (integration.generation !== target.generation) return;
    if (failure === 'CLIENT_INVALID') await noteAppRefused(tx, deps, integration.provider);
    if (endsGrant(failure)) await expireIntegration(tx, deps, integration, MESSAGES[failure]);
    else if (failures >= 3 || failure === 'CLIENT_INVALID') {
      const cause = failure === 'CLIENT_INVALID' ? 'PLATFORM_APP_MISSING' : 'PROVIDER_OUTAGE';
      await setHealth(tx, deps, integration, { cause, message: MESSAGES[failure] });
    }
    await appendAudit(
      tx,
      [
        {
          project: target.project,
          action: 'credential.refresh',
          caller: 'mobius:refresh',
          resource: target.integrationId,
          provider: integration.provider,
          outcome: 'FAILED',
          reason: failure,
        },
      ],
      deps.now(),
    );
    await announce(tx, 'integration_changed', target.project);
  });
}

/** Exponential with full jitter over the upper half, never sooner than the vendor asked, never later than half an hour. */
export function backoffMs(failures: number, retryAfterMs: number | undefined, random: () => number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return Math.min(MAX_BACKOFF_MS, Math.max(retryAfterMs ?? 0, ceiling * (0.5 + random() / 2)));
}

/** What health says; the fix is a reconnect for the first four. */
export const MESSAGES: Readonly<Record<RefreshFailure, string>> = {
  REVOKED: 'The provider says that the grant was revoked. Reconnect the integration.',
  IDLE_EXPIRED: 'The provider ended the grant because it was not used. Reconnect the integration.',
  CONSENT_WITHDRAWN: 'The person withdrew their consent at the provider. Reconnect the integration.',
  SCOPE_REDUCED: 'The provider no longer grants the scopes that were asked for. Reconnect the integration.',
  CLIENT_INVALID: "The provider does not accept our app's credentials. The operator has to mend the platform file.",
  RATE_LIMITED: 'The provider limits the rate of refreshes. The token in use is still valid until its end.',
  PROVIDER_UNAVAILABLE: 'The provider does not refresh at the moment. The token in use is still valid until its end.',
  NETWORK: 'The provider cannot be reached to refresh. The token in use is still valid until its end.',
  STORE_UNAVAILABLE: 'The store could not be written while refreshing. The token in use is still valid until its end.',
};

/** What health says where the answer to a refresh died with the process and the vendor does not let a token come twice. */
export const ANSWER_LOST =
  'A refresh was sent and its answer was lost: the provider may have replaced the refresh token. It is not sent again; ' +
  'the token in use works until its end. Reconnect the integration before then.';
