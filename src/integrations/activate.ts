import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import { appendAudit } from '../audit/append.ts';
import { destroyWebhookSecrets } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { AuthKind, Identity } from '../providers/provider.ts';
import type { Secret } from '../secret.ts';
import { announce } from '../store/changes.ts';
import { accountMismatch, isSameAccount } from './account.ts';
import { findIntegration } from './choose.ts';
import { type ConnectWish, type Integration, IntegrationEntity } from './entity.ts';
import { storeSecrets } from './store_secrets.ts';

/** A credential that the vendor has just accepted, and what is known of it. */
export type Proven = {
  readonly project: string;
  readonly provider: string;
  readonly authKind: AuthKind;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly identity: Identity;
  readonly requestedScopes: readonly string[];
  readonly grantedScopes: readonly string[] | undefined;
  readonly expireTime: Date | undefined;
  readonly refreshable: boolean;
  readonly wish: ConnectWish;
  /** Set: a reconnect of that integration. */
  readonly integrationId: string | undefined;
  readonly caller: string;
};

/**
 * Stores the credential and turns the integration on, within the caller's transaction: all of it or nothing. Without an
 * `integrationId`, an account that is connected already under the wished name, or when no name is wished, is reconnected.
 */
export async function activate(em: EntityManager, deps: Deps, proven: Proven): Promise<Integration> {
  const { project, provider } = proven;
  await takeTurn(em, project, provider);
  const known = await em.find(IntegrationEntity, { project, provider });
  const again = known.find(
    i =>
      i.accountId === proven.identity.account.id &&
      (proven.wish.name ?? i.name) === i.name &&
      proven.authKind === i.authKind,
  );
  const id = proven.integrationId ?? again?.id;
  const integration =
    id === undefined ? await create(em, deps, proven, known) : await reconnect(em, deps, proven, known, id);
  const version = await storeSecrets(em, deps, integration, proven);
  await appendAudit(
    em,
    [
      {
        project,
        action: actionOf(proven, id),
        caller: proven.caller,
        resource: integration.id,
        provider,
        outcome: 'SUCCEEDED',
        changes: [
          { field: 'account', before: '', after: proven.identity.account.id },
          { field: 'version', before: '', after: String(version) },
        ],
      },
    ],
    deps.now(),
  );
  await announce(em, 'integration_changed', project);
  return integration;
}

/** Connects of one provider in one project take turns, so that names and the default are decided once. Before row locks. */
export async function takeTurn(em: EntityManager, project: string, provider: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`connect/${project}/${provider}`]);
}

async function create(
  em: EntityManager,
  deps: Deps,
  proven: Proven,
  known: readonly Integration[],
): Promise<Integration> {
  const { project, provider, wish } = proven;
  const taken = new Set(known.map(i => i.name));
  if (wish.name !== undefined && taken.has(wish.name)) {
    throw new IntegrationError('INTEGRATION_EXISTS', { project, provider, name: wish.name });
  }
  const isDefault = wish.makeDefault || known.length === 0;
  if (isDefault) await dropDefault(em, project, provider);
  const now = deps.now();
  const integration = em.create(IntegrationEntity, {
    project,
    id: typeid('intg').toString(),
    provider,
    name: wish.name ?? freeName(proven.identity.account.label, taken),
    isDefault,
    createdBy: proven.caller,
    createTime: now,
    tags: wish.tags,
    revision: 1,
    generation: 1,
    ...connectedFields(proven),
    updateTime: now,
  });
  em.persist(integration);
  await em.flush();
  return integration;
}

async function reconnect(
  em: EntityManager,
  deps: Deps,
  proven: Proven,
  known: readonly Integration[],
  id: string,
): Promise<Integration> {
  const { project, provider, wish } = proven;
  const integration = await findIntegration(em, project, id, LockMode.PESSIMISTIC_WRITE);
  if (integration.provider !== provider)
    throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: id });
  if (!isSameAccount(deps, integration, proven.identity)) {
    if (!wish.allowOtherAccount) throw accountMismatch(integration, proven.identity);
    await destroyWebhookSecrets(em, deps, { project, integrationId: id });
  }
  if (wish.name !== undefined && wish.name !== integration.name) {
    if (known.some(i => i.name === wish.name)) {
      throw new IntegrationError('INTEGRATION_EXISTS', { project, provider, name: wish.name });
    }
    integration.name = wish.name;
  }
  if (wish.makeDefault && !integration.isDefault) {
    await dropDefault(em, project, provider);
    integration.isDefault = true;
  }
  const staysOff = wish.overlapMs !== undefined && integration.status === 'INACTIVE';
  Object.assign(integration, connectedFields(proven), staysOff && { status: 'INACTIVE' }, {
    updateTime: deps.now(),
    revision: integration.revision + 1,
    generation: integration.generation + 1,
  });
  await em.flush();
  return integration;
}

function actionOf(proven: Proven, id: string | undefined): string {
  if (id === undefined) return 'integration.connect';
  return proven.wish.overlapMs === undefined ? 'integration.reconnect' : 'credential.rotate';
}

/** What a fresh consent decides, whether it is the first or the tenth. */
function connectedFields(proven: Proven) {
  const { account } = proven.identity;
  const granted = proven.identity.grantedScopes ?? proven.grantedScopes;
  return {
    status: 'ACTIVE' as const,
    healthCause: null,
    healthSince: null,
    healthMessage: null,
    accountId: account.id,
    accountLabel: account.label,
    accountUrl: account.url ?? null,
    authKind: proven.authKind,
    config: { ...proven.config, ...proven.identity.config },
    requestedScopes: [...proven.requestedScopes],
    grantedScopes: granted === undefined ? null : [...granted],
  };
}

/** The provider's integrations lose the default, in the store and in what this transaction has read of them. */
export async function dropDefault(em: EntityManager, project: string, provider: string): Promise<void> {
  for (const before of await em.find(IntegrationEntity, { project, provider, isDefault: true })) {
    before.isDefault = false;
    before.revision += 1;
  }
  await em.flush();
}

function freeName(label: string, taken: ReadonlySet<string>): string {
  const base = label.slice(0, 120) || 'default';
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!taken.has(name)) return name;
  }
}
