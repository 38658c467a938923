import { randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { authorizeUrl, ConsentDenied, exchangeCode } from '../credentials/oauth.ts';
import { openUnstored } from '../credentials/open.ts';
import { type OAuthClient, type OAuthGrant, oauthClientOf } from '../credentials/token_endpoint.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { explainFailure } from '../outbound.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { CodeExchange, DiscoveredExchange } from '../providers/exchange.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { AppInstall, OpenCredential, PlatformApp, Provider } from '../providers/provider.ts';
import { reveal, Secret } from '../secret.ts';
import { announce } from '../store/changes.ts';
import { activate } from './activate.ts';
import { appMissing, availableProvider, isRedirect, prove } from './connect.ts';
import { type ConnectSession, ConnectSessionEntity, type Integration } from './entity.ts';
import {
  failSession,
  makeNonce,
  makeState,
  openClient,
  type RedirectMethod,
  readLink,
  readState,
  spendState,
} from './session.ts';

/** Opens a connect link: binds the session to this browser and says where it goes next. */
export async function openLink(
  em: EntityManager,
  deps: Deps,
  providerId: string,
  ticket: string,
): Promise<{ readonly location: string; readonly session: string; readonly nonce: string }> {
  const session = await readLink(em, deps, providerId, ticket);
  const { provider, method } = redirectOf(deps, session);
  const { nonce, hash } = makeNonce();
  const verifier = randomBytes(32).toString('base64url');
  session.nonceHash = hash;
  session.sealedVerifier = await deps.vault.seal(verifierPlace(session), { verifier: new Secret(verifier) });
  await em.flush();
  const state = await makeState(deps, session, hash);
  const { config } = session.wish;
  const location =
    method.mode === 'OAUTH_REDIRECT'
      ? await authorizeUrl(clientOf(deps, provider, method, config, await openClient(deps, session)), method, {
          scopes: session.scopes,
          state,
          verifier,
        })
      : withState(method.installUrl(deps.platform.endpointsOf(provider, config), appOf(deps, provider)), state);
  return { location, session: session.id, nonce };
}

export type CallbackOutcome =
  | { readonly session: ConnectSession; readonly integration: Integration }
  | { readonly session: ConnectSession; readonly failure: IntegrationError };

/**
 * Takes the vendor's callback. Throws where the state is not good, and then nothing happened; once it is spent, whatever
 * comes of it is the session's outcome, and nothing is half stored.
 */
export async function finishRedirect(
  em: EntityManager,
  deps: Deps,
  providerId: string,
  query: URLSearchParams,
  nonceOf: (session: string) => string | undefined,
): Promise<CallbackOutcome> {
  const state = query.get('state') ?? '';
  const session = await readState(em, deps, providerId, state, nonceOf(state.split('.')[1] ?? ''));
  if (!(await spendState(em, session))) throw new IntegrationError('SESSION_EXPIRED', { session: session.id });
  try {
    return { session, integration: await complete(em, deps, session, query, state) };
  } catch (error) {
    const failure = asFailure(deps, session, error);
    await failSession(deps.store.em.fork(), session, failure.reason, failure.message);
    return { session, failure };
  }
}

async function complete(
  em: EntityManager,
  deps: Deps,
  session: ConnectSession,
  query: URLSearchParams,
  state: string,
): Promise<Integration> {
  const { provider, method } = redirectOf(deps, session);
  const config = { ...session.wish.config };
  let grant: OAuthGrant = { secrets: {}, expireTime: undefined, refreshable: false, grantedScopes: undefined };
  if (method.mode === 'OAUTH_REDIRECT') {
    if (!session.sealedVerifier) throw new IntegrationError('SESSION_EXPIRED', { session: session.id });
    const { verifier } = await deps.vault.open(verifierPlace(session), session.sealedVerifier);
    const client = clientOf(deps, provider, method, config, await openClient(deps, session));
    grant = await exchangeCode(client, query, state, verifier === undefined ? '' : reveal(verifier));
  } else {
    const client = clientOf(deps, provider, method.consent, config, {});
    Object.assign(config, await confirmedInstallation(deps, provider, method, client, query, state));
  }
  const credential = { kind: method.authKind, secrets: grant.secrets };
  const identity = await prove(deps, provider, method, credential, config);
  return await em.transactional(async tx => {
    const integration = await activate(tx, deps, {
      project: session.project,
      provider: provider.id,
      authKind: method.authKind,
      secrets: grant.secrets,
      config,
      identity,
      requestedScopes: session.scopes,
      grantedScopes: grant.grantedScopes,
      expireTime: grant.expireTime,
      refreshable: grant.refreshable,
      wish: session.wish,
      integrationId: session.integrationId ?? undefined,
      caller: session.createdBy,
    });
    await tx.nativeUpdate(
      ConnectSessionEntity,
      { project: session.project, id: session.id },
      { status: 'COMPLETED', integrationId: integration.id, sealedVerifier: null, sealedClient: null },
    );
    await announce(tx, 'integration_changed', session.project);
    return integration;
  });
}

/** The installation the callback names, once the person who came back has been shown to have the right to it. */
async function confirmedInstallation(
  deps: Deps,
  provider: Provider,
  method: AppInstall,
  client: OAuthClient,
  query: URLSearchParams,
  state: string,
): Promise<Readonly<Record<string, string>>> {
  const installation = method.readCallback(query);
  if (installation === undefined) throw new ConsentDenied('the callback names no installation');
  if (!query.has('code')) throw new ConsentDenied('the callback brings no code of the person who installed');
  const { secrets } = await exchangeCode(client, query, state, '');
  const person = openUnstored(deps, provider, method, { kind: 'OAUTH2', secrets }, installation);
  await method.confirm(person.call());
  return installation;
}

function redirectOf(
  deps: Deps,
  session: ConnectSession,
): { readonly provider: Provider; readonly method: RedirectMethod } {
  const provider = availableProvider(deps, session.project, session.provider);
  const method = methodFor(provider, session.authKind);
  if (method === undefined || !isRedirect(method))
    throw new IntegrationError('NOT_IMPLEMENTED', { provider: provider.id });
  return { provider, method };
}

function appOf(deps: Deps, provider: Provider): PlatformApp {
  const app = deps.platform.appOf(provider);
  if (app === undefined) throw appMissing(provider);
  return app;
}

function clientOf(
  deps: Deps,
  provider: Provider,
  exchange: CodeExchange | DiscoveredExchange,
  config: Readonly<Record<string, unknown>>,
  secrets: OpenCredential['secrets'],
): OAuthClient {
  const client = oauthClientOf(deps, provider, exchange, config, secrets);
  if (client === undefined) throw appMissing(provider);
  return client;
}

function verifierPlace(session: ConnectSession) {
  return { project: session.project, integrationId: session.id, field: 'pkce-verifier', version: 1 };
}

function withState(url: string, state: string): string {
  const target = new URL(url);
  target.searchParams.set('state', state);
  return target.href;
}

function asFailure(deps: Deps, session: ConnectSession, error: unknown): IntegrationError {
  if (error instanceof IntegrationError) return error;
  const provider = deps.catalog.provider(session.provider);
  if (error instanceof ProviderError && provider !== undefined) return explainFailure(provider, error);
  if (error instanceof ConsentDenied) {
    return new IntegrationError('CONSENT_DENIED', { provider: session.provider }, { cause: error });
  }
  deps.log.error({ err: error, session: session.id, provider: session.provider }, 'connect callback failed');
  return new IntegrationError('INTERNAL', {}, { cause: error });
}
