import type { EntityManager } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import type { CredentialSlot } from '../credentials/history.ts';
import { storeWebhookSecret } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { ConnectMethod, InlineCredential, Provider } from '../providers/provider.ts';
import { announce } from '../store/changes.ts';
import { accountMismatch, isSameAccount } from './account.ts';
import { activate, takeTurn } from './activate.ts';
import { findIntegration, notOffered } from './choose.ts';
import {
  answerAgain,
  assertApp,
  assertReturnUrl,
  availableProvider,
  type ConnectAnswer,
  clientFor,
  isRedirect,
  isRepeat,
  prove,
} from './connect.ts';
import type { ConnectWish, Integration } from './entity.ts';
import { readForm, readSecret } from './form.ts';
import { answerBefore, keepAnswer, type Repeatable, repeatable } from './receipts.ts';
import { beginSession, linkOf, type RedirectMethod } from './session.ts';
import { webhookFieldOf } from './store_secrets.ts';
import { assertEtag, lockIntegration } from './update.ts';

export type RotateRequest = {
  readonly project: string;
  readonly id: string;
  readonly slot: CredentialSlot;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly overlapMs: number;
  /** Empty: whatever it is. */
  readonly etag: string;
  readonly returnUrl: string | undefined;
  readonly requestId: string | undefined;
  readonly caller: string;
};

/**
 * Replaces a secret. A new credential is tried at the vendor before it becomes the current one, and has to belong to the
 * same account; a webhook's signing secret cannot be tried: the first delivery signed with it is the proof. The one before
 * is kept for `overlapMs` and then destroyed; it is not revoked at the vendor, where it may be part of the same grant. An
 * expired integration comes back, one that a person switched off stays off.
 */
export async function rotateCredential(em: EntityManager, deps: Deps, request: RotateRequest): Promise<ConnectAnswer> {
  const { project, id } = request;
  const integration = await findIntegration(em, project, id);
  const provider = availableProvider(deps, project, integration.provider);
  const asked = { ...request, requestId: '' };
  const once = await repeatable(deps, project, request.requestId, 'RotateCredential', asked);
  const answered = await answerBefore(em, deps, once);
  if (answered !== undefined) return await answerAgain(deps, project, provider, answered);
  assertEtag(integration, request.etag);
  try {
    if (request.slot === 'WEBHOOK_SECRET') return await rotateWebhook(deps, request, integration, provider, once);
    const method = methodFor(provider, integration.authKind);
    if (method === undefined) {
      throw notOffered(integration);
    }
    return isRedirect(method)
      ? await rotateByRedirect(deps, request, integration, provider, method, once)
      : await rotateInline(deps, request, integration, provider, method, once);
  } catch (error) {
    // The same request may have won the race for its id, and so changed the etag: its answer is the answer.
    const isSecond = isRepeat(error) || (error instanceof IntegrationError && error.reason === 'ETAG_MISMATCH');
    const first = isSecond ? await answerBefore(deps.store.em.fork(), deps, once) : undefined;
    if (first !== undefined) return await answerAgain(deps, project, provider, first);
    throw error;
  }
}

async function rotateInline(
  deps: Deps,
  request: RotateRequest,
  integration: Integration,
  provider: Provider,
  method: InlineCredential,
  once: Repeatable | undefined,
): Promise<ConnectAnswer> {
  const { project, id, caller } = request;
  if (request.returnUrl !== undefined) throw invalidField('return_url', 'this secret is replaced without a browser');
  assertOwnSecrets(provider, method, request.credentials);
  const { secrets } = readForm(method, request.credentials, formFieldsOf(method, integration.config));
  const { config } = integration;
  const identity = await prove(deps, provider, method, { kind: method.authKind, secrets }, config);
  if (!isSameAccount(deps, integration, identity)) throw accountMismatch(integration, identity);
  return await deps.store.em.fork().transactional(async tx => {
    await takeTurn(tx, project, provider.id);
    const locked = await lockIntegration(tx, project, id, request.etag);
    // Connected another way since: what was proven does not fit its form any more.
    if (locked.authKind !== method.authKind) throw new IntegrationError('ETAG_MISMATCH', { project, integration: id });
    await activate(tx, deps, {
      project,
      provider: provider.id,
      authKind: method.authKind,
      secrets,
      config: locked.config,
      identity,
      requestedScopes: locked.requestedScopes,
      grantedScopes: undefined,
      expireTime: undefined,
      refreshable: false,
      wish: wishOf(locked, request),
      integrationId: id,
      caller,
    });
    await keepAnswer(tx, deps, once, { integrationId: id });
    return { kind: 'COMPLETE', integrationId: id } as const;
  });
}

async function rotateByRedirect(
  deps: Deps,
  request: RotateRequest,
  integration: Integration,
  provider: Provider,
  method: RedirectMethod,
  once: Repeatable | undefined,
): Promise<ConnectAnswer> {
  const { project, returnUrl, caller } = request;
  if (Object.keys(request.credentials).length > 0) {
    throw invalidField('credentials', 'this secret is replaced in the browser; the call takes none');
  }
  assertApp(deps, provider, method);
  if (returnUrl !== undefined) assertReturnUrl(deps, returnUrl);
  const client = await clientFor(deps, provider, method, integration.config);
  return await deps.store.em.fork().transactional(async tx => {
    const session = await beginSession(tx, deps, {
      project,
      provider: provider.id,
      method,
      integrationId: integration.id,
      wish: wishOf(integration, request),
      scopes: integration.requestedScopes,
      returnUrl,
      client,
      caller,
    });
    await keepAnswer(tx, deps, once, { sessionId: session.id });
    return { kind: 'REDIRECT', redirectUrl: await linkOf(deps, session), sessionId: session.id } as const;
  });
}

async function rotateWebhook(
  deps: Deps,
  request: RotateRequest,
  { authKind }: Integration,
  provider: Provider,
  once: Repeatable | undefined,
): Promise<ConnectAnswer> {
  const { project, id, overlapMs, caller } = request;
  if (request.returnUrl !== undefined) throw invalidField('return_url', 'this secret is replaced without a browser');
  const field = webhookFieldOf(provider);
  const method = methodFor(provider, authKind);
  if (field === undefined || method === undefined || !('schema' in method) || !hasField(method, field)) {
    throw invalidField('slot', 'this integration has no webhook secret of its own; the operator has the app’s');
  }
  const secret = readSecret(method, field, request.credentials);
  return await deps.store.em.fork().transactional(async tx => {
    const integration = await lockIntegration(tx, project, id, request.etag);
    const { version, replaced } = await storeWebhookSecret(tx, deps, {
      project,
      integrationId: id,
      field,
      secret,
      overlapMs,
      caller,
    });
    integration.revision += 1;
    integration.updateTime = deps.now();
    await tx.flush();
    await appendAudit(
      tx,
      [
        {
          project,
          action: 'credential.rotate',
          caller,
          resource: id,
          provider: provider.id,
          outcome: 'SUCCEEDED',
          changes: [
            {
              field: 'webhook_secret.version',
              before: replaced === 0 ? '' : String(replaced),
              after: String(version),
            },
          ],
        },
      ],
      deps.now(),
    );
    await keepAnswer(tx, deps, once, { integrationId: id });
    await announce(tx, 'integration_changed', project);
    return { kind: 'COMPLETE', integrationId: id } as const;
  });
}

/** Settings stay as they are, those that the connect found out too: which of a grant's sites, which installation. */
function wishOf(integration: Integration, { overlapMs }: RotateRequest): ConnectWish {
  return { config: integration.config, tags: {}, makeDefault: false, allowOtherAccount: false, overlapMs };
}

const propertiesOf = (method: InlineCredential) =>
  (method.schema.properties ?? {}) as Readonly<Record<string, { readonly writeOnly?: boolean }>>;

const hasField = (method: InlineCredential, field: string): boolean => Object.hasOwn(propertiesOf(method), field);

function formFieldsOf(method: ConnectMethod & InlineCredential, config: Integration['config']) {
  return Object.fromEntries(Object.entries(config).filter(([name]) => hasField(method, name)));
}

/** Settings are UpdateIntegration's, the webhook's secret has a slot of its own, and nothing at all replaces nothing. */
function assertOwnSecrets(
  provider: Provider,
  method: InlineCredential,
  credentials: RotateRequest['credentials'],
): void {
  const names = Object.keys(credentials);
  if (names.length === 0) throw invalidField('credentials', 'bring the new secret');
  const webhookField = webhookFieldOf(provider);
  for (const name of names) {
    if (name === webhookField) {
      throw invalidField(`credentials.${name}`, 'is replaced with slot CREDENTIAL_SLOT_WEBHOOK_SECRET');
    }
    if (hasField(method, name) && propertiesOf(method)[name]?.writeOnly !== true) {
      throw invalidField(`credentials.${name}`, 'is no secret; UpdateIntegration changes settings');
    }
  }
}
