import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import { appendAudit } from '../audit/append.ts';
import { takeCredential } from '../credentials/store.ts';
import { webhookSecretsOf } from '../credentials/webhook_secret.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { Caller } from '../rpc/caller.ts';
import { announce } from '../store/changes.ts';
import { dropDefault, takeTurn } from './activate.ts';
import { assertUsable, findIntegration } from './choose.ts';
import { availableProvider } from './connect.ts';
import { type Integration, IntegrationEntity } from './entity.ts';
import { answerBefore, keepAnswer, repeatable } from './receipts.ts';
import { storeSecrets, webhookFieldOf } from './store_secrets.ts';

/**
 * Copies an integration with its credential into another project, opened under one project's key and sealed under the
 * other's. A grant that rotates its refresh token cannot live twice: COPY_NOT_ALLOWED.
 */
export async function copyIntegration(
  em: EntityManager,
  deps: Deps,
  request: {
    readonly project: string;
    readonly sourceProject: string;
    readonly sourceId: string;
    readonly name: string;
    readonly makeDefault: boolean;
    readonly requestId: string | undefined;
    readonly caller: Caller;
  },
): Promise<string> {
  const { project, sourceProject, sourceId } = request;
  const absent = () => new IntegrationError('INTEGRATION_NOT_FOUND', { project: sourceProject, integration: sourceId });
  if (!deps.access.permits(request.caller, 'integrations.manage', sourceProject)) throw absent();
  const asked = [sourceProject, sourceId, request.name, request.makeDefault];
  const once = await repeatable(deps, project, request.requestId, 'CopyIntegration', asked);
  const before = await answerBefore(em, deps, once);
  if (before?.integrationId !== undefined) return before.integrationId;

  const found = await findIntegration(em, sourceProject, sourceId);
  const provider = availableProvider(deps, project, found.provider);
  const method = methodFor(provider, found.authKind);
  if (method?.mode === 'OAUTH_REDIRECT' && method.refresh === 'ROTATING') {
    throw new IntegrationError('COPY_NOT_ALLOWED', { provider: provider.id, auth_kind: found.authKind });
  }
  await deps.vault.prepare(project);
  return await deps.store.em.fork().transactional(async tx => {
    await takeTurn(tx, project, provider.id);
    // Held until the copy is there: what is frozen, rotated or switched off meanwhile would live on in the copy.
    const source = await findIntegration(tx, sourceProject, sourceId, LockMode.PESSIMISTIC_READ);
    assertUsable(source);
    const credential = await takeCredential(tx, deps, {
      project: sourceProject,
      provider: provider.id,
      integrationId: sourceId,
    });
    const field = webhookFieldOf(provider);
    const [webhook] = field === undefined ? [] : await webhookSecretsOf(deps, tx, source, field);
    const copy = await insertCopy(tx, deps, source, request);
    await storeSecrets(tx, deps, copy, {
      ...credential,
      secrets: { ...credential.secrets, ...(field !== undefined && webhook && { [field]: webhook.secret }) },
      caller: request.caller.identity,
    });
    const told = {
      action: 'integration.copy',
      caller: request.caller.identity,
      provider: provider.id,
      outcome: 'SUCCEEDED',
    } as const;
    await appendAudit(
      tx,
      [
        {
          ...told,
          project,
          resource: copy.id,
          changes: [{ field: 'source', before: '', after: `${sourceProject}/${sourceId}` }],
        },
        {
          ...told,
          project: sourceProject,
          resource: sourceId,
          changes: [{ field: 'copy', before: '', after: `${project}/${copy.id}` }],
        },
      ],
      deps.now(),
    );
    await keepAnswer(tx, deps, once, { integrationId: copy.id });
    await announce(tx, 'integration_changed', project);
    return copy.id;
  });
}

async function insertCopy(
  em: EntityManager,
  deps: Deps,
  source: Integration,
  request: { readonly project: string; readonly name: string; readonly makeDefault: boolean; readonly caller: Caller },
): Promise<Integration> {
  const { project } = request;
  const { provider } = source;
  const name = request.name || source.name;
  const known = await em.find(IntegrationEntity, { project, provider });
  if (known.some(i => i.name === name)) throw new IntegrationError('INTEGRATION_EXISTS', { project, provider, name });
  const isDefault = request.makeDefault || known.length === 0;
  if (isDefault) await dropDefault(em, project, provider);
  const now = deps.now();
  const copy = em.create(IntegrationEntity, {
    project,
    id: typeid('intg').toString(),
    provider,
    name,
    isDefault,
    status: source.status,
    accountId: source.accountId,
    accountLabel: source.accountLabel,
    accountUrl: source.accountUrl,
    authKind: source.authKind,
    config: source.config,
    requestedScopes: source.requestedScopes,
    grantedScopes: source.grantedScopes,
    tags: source.tags,
    createdBy: request.caller.identity,
    createTime: now,
    updateTime: now,
    revision: 1,
    generation: 1,
  });
  em.persist(copy);
  await em.flush();
  return copy;
}
