import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditChange } from '../audit/entity.ts';
import type { Deps } from '../deps.ts';
import type { Integration } from '../integrations/entity.ts';
import { methodFor } from '../providers/catalog_index.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ConnectMethod, OpenCredential, Provider } from '../providers/provider.ts';
import { type Credential, CredentialEntity, type RevocationOutcome } from './entity.ts';
import type { CredentialSlot } from './history.ts';
import { dropLeftAnswer, type LeftAnswer, openLeftAnswer } from './left_answer.ts';
import { openUnstored } from './open.ts';
import { endsGrant, RefreshRefused, sendRefreshToken } from './refresh_grant.ts';
import { canRevoke, registeredClientOf, revokeGrant } from './registered_client.ts';
import { oauthClientOf } from './token_endpoint.ts';
import { webhookSecretVersions } from './webhook_secret.ts';

export type Revocation = {
  readonly slot: CredentialSlot;
  readonly version: number;
  readonly outcome: RevocationOutcome;
  /** What is left for a person to do; empty where nothing is. */
  readonly message: string;
};

/** For the record of whatever revoked them. */
export function revocationChanges(revocations: readonly Revocation[]): readonly AuditChange[] {
  return revocations.map(({ slot, version, outcome }) => ({
    field: `revocation.${slot.toLowerCase()}.${version}`,
    before: '',
    after: outcome,
  }));
}

/** As many as an answer holds; more versions at once would take sixteen rotations within a day. */
const MAX_REVOCATIONS = 16;

const MESSAGES = {
  noCall: 'The provider has no call for it; remove the grant there.',
  webhook: 'Delete the webhook at the provider, or its secret there.',
  installed: 'The app stays installed at the provider; remove it there.',
  ended: 'The provider had ended it already.',
  lost: 'The provider did not confirm it; remove the grant there.',
} as const;

/** The secrets of the integration that are not destroyed, as they would be revoked. */
export async function revocableVersions(
  em: EntityManager,
  integration: Pick<Integration, 'project' | 'id'>,
): Promise<readonly Pick<Revocation, 'slot' | 'version'>[]> {
  const owner = { project: integration.project, integrationId: integration.id };
  const rows = await em.find(CredentialEntity, { ...owner, state: { $ne: 'DESTROYED' } }, newest);
  const webhook = (await webhookSecretVersions(em, owner)).filter(({ state }) => state !== 'DESTROYED');
  return [
    ...rows.map(({ version }) => ({ slot: 'PRIMARY' as const, version })),
    ...webhook.map(({ version }) => ({ slot: 'WEBHOOK_SECRET' as const, version })),
  ].slice(0, MAX_REVOCATIONS);
}

const newest = { orderBy: { version: 'desc' as const } };

/**
 * Ends every secret of the integration at the vendor, those of an overlap and minted tokens too, and keeps what became of
 * each: what was REVOKED once is not tried again. Whatever the integration's status: call it when nobody refreshes the
 * credential any more.
 */
export async function revokeCredentials(deps: Deps, integration: Integration): Promise<readonly Revocation[]> {
  const em = deps.store.em.fork();
  const owner = { project: integration.project, integrationId: integration.id };
  const left = await openLeftAnswer(deps, owner);
  const revocations: Revocation[] = [];
  for (const { slot, version } of await revocableVersions(em, integration)) {
    if (slot === 'WEBHOOK_SECRET') {
      revocations.push({ slot, version, outcome: 'NOT_SUPPORTED', message: MESSAGES.webhook });
      continue;
    }
    const row = await em.findOne(CredentialEntity, { ...owner, version });
    if (!row?.sealed) continue;
    if (row.revocation === 'REVOKED') {
      revocations.push({ slot, version, outcome: 'REVOKED', message: '' });
      continue;
    }
    const { outcome, message } = await revokeVersion(
      deps,
      integration,
      row,
      left?.version === version ? left : undefined,
    );
    await em.nativeUpdate(CredentialEntity, { ...owner, version }, { revocation: outcome });
    revocations.push({ slot, version, outcome, message });
  }
  return revocations;
}

type Outcome = Pick<Revocation, 'outcome' | 'message'>;

const NO_CALL: Outcome = { outcome: 'NOT_SUPPORTED', message: MESSAGES.noCall };

/**
 * Where newer tokens were left, theirs is the outcome: after them the vendor takes those of the version for long over, or
 * refuses to hear of them.
 */
async function revokeVersion(
  deps: Deps,
  integration: Integration,
  row: Credential,
  left: LeftAnswer | undefined,
): Promise<Outcome> {
  const isOver = row.expireTime ? row.expireTime <= deps.now() : false;
  const revokeOwn = () =>
    revokeSecrets(deps, integration, (provider, method) =>
      openLive(deps, provider, method, row, isOver, integration.config),
    );
  if (left === undefined) return revokeOwn();
  const newest = await revokeSecrets(deps, integration, async () => left.secrets);
  if (newest.outcome !== 'FAILED') await dropLeftAnswer(deps, row, row.version);
  if (!isOver) await revokeOwn();
  return newest;
}

async function revokeSecrets(
  deps: Deps,
  integration: Integration,
  open: (provider: Provider, method: ConnectMethod) => Promise<OpenCredential['secrets'] | undefined>,
): Promise<Outcome> {
  const provider = deps.catalog.provider(integration.provider);
  const method = provider && methodFor(provider, integration.authKind);
  const isDiscovered = method !== undefined && 'discovery' in method;
  if (provider === undefined || (method?.revoke === undefined && !isDiscovered)) return NO_CALL;
  try {
    const live = await open(provider, method);
    if (live === undefined) return { outcome: 'NOT_SUPPORTED', message: MESSAGES.installed };
    if (isDiscovered) {
      const client = registeredClientOf(deps, provider, method, live);
      if (client === undefined || !canRevoke(client)) return NO_CALL;
      await revokeGrant(client, live);
    } else {
      const credential = { kind: integration.authKind, secrets: live };
      await method.revoke?.(openUnstored(deps, provider, method, credential, integration.config).call());
    }
    return { outcome: 'REVOKED', message: method.mint === undefined ? '' : MESSAGES.installed };
  } catch (error) {
    const isRefused = error instanceof ProviderError && error.failure.kind === 'refused';
    if (isRefused || (error instanceof RefreshRefused && endsGrant(error.failure))) {
      return { outcome: 'REVOKED', message: MESSAGES.ended };
    }
    if (!(error instanceof ProviderError || error instanceof RefreshRefused)) {
      deps.log.error({ err: error, integration: integration.id }, 'a revocation failed');
    }
    return { outcome: 'FAILED', message: MESSAGES.lost };
  }
}

/**
 * The secrets to revoke with. Of a minting method the token in use; undefined where none lives. An access token that is
 * over is replaced first: a vendor that refuses it would leave the refresh token alive and look as if it had ended both.
 */
async function openLive(
  deps: Deps,
  provider: Provider,
  method: ConnectMethod,
  row: Credential,
  isOver: boolean,
  config: Readonly<Record<string, unknown>>,
): Promise<OpenCredential['secrets'] | undefined> {
  const { project, integrationId, version } = row;
  const now = deps.now();
  const secrets = await deps.vault.open(
    { project, integrationId, field: 'credential', version },
    row.sealed ?? Buffer.alloc(0),
  );
  if (method.mint !== undefined) {
    if (!row.sealedMinted || !row.mintedExpireTime || row.mintedExpireTime <= now) return undefined;
    return {
      ...secrets,
      ...(await deps.vault.open({ project, integrationId, field: 'minted', version }, row.sealedMinted)),
    };
  }
  const { refresh_token: refreshToken } = secrets;
  if (!isOver || refreshToken === undefined || method.mode !== 'OAUTH_REDIRECT') return secrets;
  const client = oauthClientOf(deps, provider, method, config, secrets);
  return client === undefined ? secrets : (await sendRefreshToken(client, refreshToken)).secrets;
}
