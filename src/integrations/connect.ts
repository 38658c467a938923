import type { EntityManager } from '@mikro-orm/postgresql';
import { openUnstored } from '../credentials/open.ts';
import { type NewClient, registerClient } from '../credentials/register_client.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { explainFailure } from '../outbound.ts';
import { methodFor, needsApp } from '../providers/catalog_index.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type {
  AuthKind,
  ConnectMethod,
  Identity,
  InlineCredential,
  OpenCredential,
  Provider,
} from '../providers/provider.ts';
import { activate } from './activate.ts';
import { findIntegration } from './choose.ts';
import type { ConnectWish, Integration } from './entity.ts';
import { assertSettings, assertSize, fitsForm, readForm } from './form.ts';
import { answerBefore, keepAnswer, type Repeatable, repeatable } from './receipts.ts';
import { beginSession, linkOf, type RedirectMethod } from './session.ts';

export type ConnectRequest = {
  readonly project: string;
  readonly provider: string;
  readonly integrationId: string | undefined;
  readonly authKind: AuthKind | undefined;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly returnUrl: string | undefined;
  readonly requestId: string | undefined;
  readonly wish: ConnectWish;
  readonly caller: string;
};

export type ConnectAnswer =
  | { readonly kind: 'REDIRECT'; readonly redirectUrl: string; readonly sessionId: string }
  | { readonly kind: 'COMPLETE'; readonly integrationId: string };

/** Connects or reconnects: at once where the caller brings the credential, by a connect session where a person must consent. */
export async function connectProvider(em: EntityManager, deps: Deps, request: ConnectRequest): Promise<ConnectAnswer> {
  const provider = availableProvider(deps, request.project, request.provider);
  assertSize('config', request.wish.config);
  const before = request.integrationId && (await findIntegration(em, request.project, request.integrationId));
  if (before && before.provider !== provider.id) {
    throw new IntegrationError('INTEGRATION_NOT_FOUND', { project: request.project, integration: before.id });
  }
  const method = chooseMethod(provider, request, before || undefined);
  const once = await repeatable(deps, request.project, request.requestId, 'ConnectProvider', {
    ...request,
    requestId: '',
  });
  const answered = await answerBefore(em, deps, once);
  if (answered !== undefined) return await answerAgain(deps, request.project, provider, answered);
  await deps.vault.prepare(request.project);
  try {
    return isRedirect(method)
      ? await connectByRedirect(em, deps, request, provider, method, once, before || undefined)
      : await connectInline(em, deps, request, provider, method, once);
  } catch (error) {
    // The same request won the race for its id: its answer is the answer.
    const first = isRepeat(error) ? await answerBefore(em.fork(), deps, once) : undefined;
    if (first !== undefined) return await answerAgain(deps, request.project, provider, first);
    throw error;
  }
}

/** The provider, unless the operator or the plan took it away. */
export function availableProvider(deps: Deps, project: string, id: string): Provider {
  const provider = deps.catalog.provider(id);
  if (provider === undefined) throw new IntegrationError('PROVIDER_NOT_FOUND', { provider: id });
  if (deps.platform.isDisabled(provider)) throw new IntegrationError('DISABLED_BY_ENVIRONMENT', { provider: id });
  if (!deps.platform.isInPlan(provider, project))
    throw new IntegrationError('DISABLED_BY_PLAN', { project, provider: id });
  return provider;
}

/** Asks the vendor who the credential belongs to; the proof that it works. */
export async function prove(
  deps: Deps,
  provider: Provider,
  method: ConnectMethod,
  credential: OpenCredential,
  config: Readonly<Record<string, unknown>>,
): Promise<Identity> {
  try {
    return await method.identify(openUnstored(deps, provider, method, credential, config).call());
  } catch (error) {
    throw error instanceof ProviderError ? explainFailure(provider, error) : error;
  }
}

async function connectInline(
  em: EntityManager,
  deps: Deps,
  request: ConnectRequest,
  provider: Provider,
  method: InlineCredential,
  once: Repeatable | undefined,
): Promise<ConnectAnswer> {
  if (request.returnUrl !== undefined) throw invalidField('return_url', 'this way to connect leads through no browser');
  if (request.scopes.length > 0) throw invalidField('scopes', 'this way to connect asks for none');
  const form = readForm(method, request.credentials, request.wish.config);
  const identity = await prove(deps, provider, method, { kind: method.authKind, secrets: form.secrets }, form.config);
  return await em.transactional(async tx => {
    const integration = await activate(tx, deps, {
      project: request.project,
      provider: provider.id,
      authKind: method.authKind,
      secrets: form.secrets,
      config: form.config,
      identity,
      requestedScopes: [],
      grantedScopes: undefined,
      expireTime: undefined,
      refreshable: false,
      wish: request.wish,
      integrationId: request.integrationId,
      caller: request.caller,
    });
    await keepAnswer(tx, deps, once, { integrationId: integration.id });
    return { kind: 'COMPLETE', integrationId: integration.id } as const;
  });
}

async function connectByRedirect(
  em: EntityManager,
  deps: Deps,
  request: ConnectRequest,
  provider: Provider,
  method: RedirectMethod,
  once: Repeatable | undefined,
  before: Integration | undefined,
): Promise<ConnectAnswer> {
  assertApp(deps, provider, method);
  if (Object.keys(request.credentials).length > 0) {
    throw invalidField('credentials', 'this way to connect takes none; the person consents in the browser');
  }
  if (request.returnUrl !== undefined) assertReturnUrl(deps, request.returnUrl);
  const wish = wishOf(method, request.wish, before);
  const client = await clientFor(deps, provider, method, wish.config);
  return await em.transactional(async tx => {
    const session = await beginSession(tx, deps, {
      project: request.project,
      provider: provider.id,
      method,
      integrationId: request.integrationId,
      wish,
      scopes: request.scopes,
      returnUrl: request.returnUrl,
      client,
      caller: request.caller,
    });
    await keepAnswer(tx, deps, once, { sessionId: session.id });
    return { kind: 'REDIRECT', redirectUrl: await linkOf(deps, session), sessionId: session.id } as const;
  });
}

/** Throws where the way leads through an app that the operator did not register. */
export function assertApp(deps: Deps, provider: Provider, method: ConnectMethod): void {
  if (needsApp(method) && deps.platform.appOf(provider) === undefined) throw appMissing(provider);
}

export function appMissing(provider: Provider): IntegrationError {
  return new IntegrationError('PLATFORM_APP_MISSING', {
    provider: provider.id,
    setting: `providers.${provider.id}.app`,
  });
}

/** A client of our own at the customer's authorization server; undefined where the operator's app serves. */
export async function clientFor(
  deps: Deps,
  provider: Provider,
  method: RedirectMethod,
  config: Readonly<Record<string, unknown>>,
): Promise<NewClient | undefined> {
  if (!('discovery' in method)) return undefined;
  try {
    return await registerClient(deps, provider, method, config);
  } catch (error) {
    throw error instanceof ProviderError ? explainFailure(provider, error) : error;
  }
}

/** What the vendor's addresses need, from the caller or, where it connects anew, from before. */
function wishOf(method: RedirectMethod, wish: ConnectWish, before: Integration | undefined): ConnectWish {
  if (method.mode !== 'OAUTH_REDIRECT' || method.settings === undefined) return wish;
  const names = Object.keys((method.settings.properties ?? {}) as object);
  const kept = Object.entries(before?.config ?? {}).filter(([name]) => names.includes(name));
  const config = { ...Object.fromEntries(kept), ...wish.config };
  assertSettings(method.settings, config);
  return { ...wish, config };
}

/** The answer kept under a request id, as it was given. */
export async function answerAgain(
  deps: Deps,
  project: string,
  provider: Provider,
  { sessionId, integrationId }: Readonly<Record<string, string>>,
): Promise<ConnectAnswer> {
  if (sessionId === undefined) return { kind: 'COMPLETE', integrationId: integrationId ?? '' };
  return {
    kind: 'REDIRECT',
    redirectUrl: await linkOf(deps, { project, provider: provider.id, id: sessionId }),
    sessionId,
  };
}

/** The named way; else the one whose form fits what was sent; else, with nothing sent, the first. */
function chooseMethod(provider: Provider, request: ConnectRequest, before: Integration | undefined): ConnectMethod {
  if (request.authKind !== undefined) {
    const named = methodFor(provider, request.authKind);
    if (named !== undefined) return named;
    const offered = provider.connect.map(m => m.authKind).join(', ') || 'none';
    throw invalidField('auth_kind', `${provider.id} does not connect by ${request.authKind}; it offers ${offered}`);
  }
  const first = provider.connect[0];
  if (first === undefined) throw invalidField('provider', `${provider.id} is built in and needs no connection`);
  const names = [...Object.keys(request.credentials), ...Object.keys(request.wish.config)];
  const inline = provider.connect.filter(m => !isRedirect(m)) as readonly InlineCredential[];
  const fitting = names.length === 0 ? undefined : inline.find(m => fitsForm(m, names));
  if (fitting !== undefined) return fitting;
  if (Object.keys(request.credentials).length > 0) return inline[0] ?? first;
  return (before && methodFor(provider, before.authKind)) ?? first;
}

export function isRedirect(method: ConnectMethod): method is RedirectMethod {
  return method.mode === 'OAUTH_REDIRECT' || method.mode === 'APP_INSTALL';
}

export function assertReturnUrl(deps: Deps, returnUrl: string): void {
  const origin = URL.canParse(returnUrl) ? new URL(returnUrl).origin : 'null';
  // Back to where we are ourselves leads nowhere else: the console's pages.
  if (origin === new URL(deps.publicUrl()).origin) return;
  if (!deps.platform.returnOrigins.has(origin)) throw new IntegrationError('RETURN_URL_NOT_ALLOWED', { origin });
}

/** Another request under the same id was first. */
export function isRepeat(error: unknown): boolean {
  const constraint = (error as { constraint?: string } | null)?.constraint;
  return constraint === 'request_receipts_pkey';
}
