import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { assertUsable, isInUse, notOffered } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import { type Maybe, whenThere } from '../maybe.ts';
import { openCall } from '../outbound.ts';
import { fetchFor } from '../outbound_customer.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { ConnectMethod, OpenCredential, Provider, ProviderCall } from '../providers/provider.ts';
import type { Secret } from '../secret.ts';
import type { Credential } from './entity.ts';
import { refreshUntil } from './refresh.ts';
import { type Rows, storedRows } from './rows.ts';

/** A credential ready for use; what was opened lives as long as the call. */
export type OpenedCredential = {
  readonly provider: Provider;
  readonly method: ConnectMethod;
  readonly credential: OpenCredential;
  readonly headers: Readonly<Record<string, Secret>>;
  /** When what the holder sends stops working; absent where the vendor sets no end. */
  readonly expireTime: Date | undefined;
  readonly version: number;
  /** For provider functions; `signal` ends it early. */
  readonly call: (signal?: AbortSignal) => ProviderCall;
};

/** A token that ends sooner than this is not worth handing out. */
const LEAST_VALIDITY_MS = 10_000;

/**
 * Opens the integration's current credential, minting a short-lived token where the method needs one. Throws EXPIRED
 * where less than `minValidityMs` is left, and the signal's reason where it was aborted during a refresh, which goes on.
 * Status and scopes are the caller's to check.
 */
export async function openCredential(
  deps: Deps,
  em: EntityManager,
  integration: Integration,
  minValidityMs = LEAST_VALIDITY_MS,
  signal?: AbortSignal,
): Promise<OpenedCredential> {
  return openFrom(deps, storedRows(em), integration, minValidityMs, signal);
}

/** The same from rows that may be stale: what changed since they were read shows when the use is put on record. */
export function openFrom(
  deps: Deps,
  rows: Rows,
  integration: Integration,
  minValidityMs: number,
  signal?: AbortSignal,
): Maybe<OpenedCredential> {
  const { project, id, config } = integration;
  const provider = deps.catalog.provider(integration.provider);
  const method = provider && methodFor(provider, integration.authKind);
  if (provider === undefined || method === undefined) {
    throw notOffered(integration);
  }
  const neededUntil = deps.now().getTime() + Math.max(minValidityMs, LEAST_VALIDITY_MS);
  const openRow = (row: Credential | null): Maybe<OpenedCredential> => {
    if (!row?.sealed) throw expired(integration);
    const place = { project, integrationId: id, field: 'credential', version: row.version };
    return whenThere(deps.vault.open(place, row.sealed), secrets => {
      const stored: OpenCredential = { kind: integration.authKind, secrets };
      if (method.mint !== undefined) {
        const minting = mintedToken(deps, integration, row, provider, method, stored, neededUntil);
        return minting.then(({ accessToken, expireTime }) => {
          const credential = { kind: stored.kind, secrets: { ...secrets, access_token: accessToken } };
          return ready(deps, provider, method, credential, config, expireTime, row.version);
        });
      }
      if (row.expireTime && row.expireTime.getTime() < neededUntil) assertStillGood(deps, integration, row);
      return ready(deps, provider, method, stored, config, row.expireTime ?? undefined, row.version);
    });
  };
  return whenThere(freshCredential(deps, rows, integration, neededUntil, signal), openRow);
}

/** The current credential, refreshed first where it ends too soon and can be. */
function freshCredential(
  deps: Deps,
  rows: Rows,
  integration: Integration,
  neededUntil: number,
  signal: AbortSignal | undefined,
): Maybe<Credential | null> {
  return whenThere(rows.current(integration.project, integration.id), row => {
    if (row === null || !row.refreshable || !row.expireTime) return row;
    const until = reachable(deps, row, row.expireTime, neededUntil);
    return row.expireTime.getTime() >= until ? row : refreshedCredential(deps, integration, row, until, signal);
  });
}

async function refreshedCredential(
  deps: Deps,
  integration: Integration,
  row: Credential,
  until: number,
  signal: AbortSignal | undefined,
): Promise<Credential | null> {
  const { project, id } = integration;
  await refreshUntil(deps, integration, row, until);
  // Thousands may have lost patience: none of them is worth a further query.
  signal?.throwIfAborted();
  const after = storedRows(deps.store.em.fork());
  assertUsable(await after.integration(project, id));
  return after.current(project, id);
}

/**
 * Where more is asked for than the vendor's tokens last, half of what they last is enough: else each such call would
 * refresh, and in vain.
 */
function reachable(deps: Deps, { issueTime }: Credential, expireTime: Date, neededUntil: number): number {
  const nowMs = deps.now().getTime();
  const lifetimeMs = expireTime.getTime() - issueTime.getTime();
  if (neededUntil - nowMs <= 0.9 * lifetimeMs) return neededUntil;
  return nowMs + Math.max(lifetimeMs / 2, LEAST_VALIDITY_MS);
}

/** A token that is still good is served while its refresh fails; one that is over says whether to wait or to reconnect. */
function assertStillGood(deps: Deps, integration: Integration, { expireTime, refreshable }: Credential): void {
  if (!refreshable) throw expired(integration);
  if (expireTime && expireTime.getTime() > deps.now().getTime() + LEAST_VALIDITY_MS) return;
  throw new IntegrationError('PROVIDER_UNAVAILABLE', { provider: integration.provider }, { retryDelayMs: 5_000 });
}

/** The same for the operator's own credential, where the project has none. */
export function openPlatformCredential(deps: Deps, provider: Provider): OpenedCredential | undefined {
  const credential = deps.platform.credentialOf(provider);
  const method = credential && methodFor(provider, credential.kind);
  if (credential === undefined || method === undefined) return undefined;
  return ready(deps, provider, method, credential, {}, undefined, 0);
}

/** A credential that is not stored yet, or only just: for identity calls while connecting. */
export function openUnstored(
  deps: Deps,
  provider: Provider,
  method: ConnectMethod,
  credential: OpenCredential,
  config: Readonly<Record<string, unknown>>,
): OpenedCredential {
  return ready(deps, provider, method, credential, config, undefined, 0);
}

function ready(
  deps: Deps,
  provider: Provider,
  method: ConnectMethod,
  credential: OpenCredential,
  config: Readonly<Record<string, unknown>>,
  expireTime: Date | undefined,
  version: number,
): OpenedCredential {
  // Before a token is minted there is nothing to send yet: the mint and identity calls authorise themselves.
  const unminted = method.mint !== undefined && credential.secrets.access_token === undefined;
  const headers = unminted ? {} : method.headers(credential, config);
  const call = (signal?: AbortSignal): ProviderCall =>
    openCall({
      fetch: fetchFor(deps, provider),
      now: deps.now,
      provider,
      endpoints: deps.platform.endpointsOf(provider, config),
      app: deps.platform.appOf(provider),
      credential,
      config,
      headers,
      signal,
    });
  return { provider, method, credential, headers, expireTime, version, call };
}

/**
 * The token minted before while it lasts, else a new one, kept sealed beside the credential. Two that mint at once both
 * get a good token; vendors allow several, and the later one is kept.
 */
async function mintedToken(
  deps: Deps,
  integration: Integration,
  row: Credential,
  provider: Provider,
  method: ConnectMethod,
  stored: OpenCredential,
  neededUntil: number,
): Promise<{ accessToken: Secret; expireTime: Date }> {
  const place = { project: row.project, integrationId: row.integrationId, field: 'minted', version: row.version };
  if (row.sealedMinted && row.mintedExpireTime && row.mintedExpireTime.getTime() >= neededUntil) {
    const { access_token: accessToken } = await deps.vault.open(place, row.sealedMinted);
    if (accessToken !== undefined) return { accessToken, expireTime: row.mintedExpireTime };
  }
  if (method.mint === undefined) throw new Error('nothing to mint with');
  const minted = await method.mint(
    ready(deps, provider, method, stored, integration.config, undefined, row.version).call(),
  );
  if (minted.expireTime.getTime() < neededUntil) throw expired(integration);
  const sealed = await deps.vault.seal(place, { access_token: minted.accessToken });
  const isKept = await keepMinted(deps.store.em.fork(), integration, row, sealed, minted.expireTime);
  deps.hotRows.forget(row.project);
  if (isKept || (await isInUse(deps.store.em.fork(), integration))) return minted;
  // Taken out of use meanwhile, and its tokens revoked but for this one.
  const credential = { kind: stored.kind, secrets: { ...stored.secrets, access_token: minted.accessToken } };
  await method
    .revoke?.(ready(deps, provider, method, credential, integration.config, minted.expireTime, row.version).call())
    .catch((err: unknown) => deps.log.error({ err, integration: integration.id }, 'a late token was not revoked'));
  throw expired(integration);
}

/** False where the integration or its credential is no longer what the token was minted from. */
async function keepMinted(
  em: EntityManager,
  { project, id, generation }: Integration,
  { version }: Credential,
  sealed: Buffer,
  expireTime: Date,
): Promise<boolean> {
  const kept = await em.execute(
    `update credentials c set sealed_minted = ?, minted_expire_time = ?
     from (select project, id from integrations where project = ? and id = ? and generation = ? for share) i
     where c.project = i.project and c.integration_id = i.id and c.version = ? and c.state = 'CURRENT' returning 1`,
    [sealed, expireTime, project, id, generation, version],
  );
  return kept.length === 1;
}

function expired(integration: Integration): IntegrationError {
  const { project, provider, id } = integration;
  return new IntegrationError('EXPIRED', { project, provider, integration: id });
}
