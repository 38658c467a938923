import type { EntityManager } from '@mikro-orm/postgresql';
import { LockMode } from '@mikro-orm/postgresql';
import { appendAudit } from '../audit/append.ts';
import type { AuditChange } from '../audit/entity.ts';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { methodFor } from '../providers/catalog_index.ts';
import type { ConnectMethod } from '../providers/provider.ts';
import { announce } from '../store/changes.ts';
import { dropDefault } from './activate.ts';
import { type Integration, IntegrationEntity } from './entity.ts';
import { assertSize, readSettings } from './form.ts';

export type IntegrationUpdate = {
  readonly project: string;
  readonly id: string;
  /** Empty: whatever it is. */
  readonly etag: string;
  readonly name?: string;
  readonly isDefault?: boolean;
  readonly status?: 'ACTIVE' | 'INACTIVE';
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly caller: string;
};

export function etagOf(integration: Integration): string {
  return `r${integration.revision}`;
}

/** Changes what is given and nothing else, all or nothing. An EXPIRED integration becomes ACTIVE by a reconnect only. */
export async function updateIntegration(em: EntityManager, deps: Deps, update: IntegrationUpdate): Promise<void> {
  if (update.config !== undefined) assertSize('config', update.config);
  await em.transactional(async tx => {
    const integration = await lockIntegration(tx, update.project, update.id, update.etag);
    const { project, provider } = integration;
    const changes: AuditChange[] = [];
    const change = (field: string, before: string, after: string): void => {
      changes.push({ field, before, after });
    };
    if (update.name !== undefined && update.name !== integration.name) {
      if ((await tx.count(IntegrationEntity, { project, provider, name: update.name })) > 0) {
        throw new IntegrationError('INTEGRATION_EXISTS', { project, provider, name: update.name });
      }
      change('name', integration.name, update.name);
      integration.name = update.name;
    }
    if (update.isDefault !== undefined && update.isDefault !== integration.isDefault) {
      if (update.isDefault) await dropDefault(tx, project, provider);
      change('is_default', String(integration.isDefault), String(update.isDefault));
      integration.isDefault = update.isDefault;
    }
    if (update.status !== undefined && update.status !== integration.status) {
      if (integration.status === 'EXPIRED' && update.status === 'ACTIVE') {
        throw new IntegrationError('EXPIRED', { project, provider, integration: integration.id });
      }
      change('status', integration.status, update.status);
      integration.status = update.status;
      integration.generation += 1;
    }
    if (update.config !== undefined) {
      const config = readSettings(methodOf(deps, integration), integration.config, update.config);
      change('config', JSON.stringify(integration.config), JSON.stringify(config));
      integration.config = config;
    }
    if (update.tags !== undefined) {
      change('tags', JSON.stringify(integration.tags), JSON.stringify(update.tags));
      integration.tags = { ...update.tags };
    }
    if (changes.length === 0) return;
    integration.revision += 1;
    integration.updateTime = deps.now();
    await tx.flush();
    await appendAudit(
      tx,
      [
        {
          project,
          action: 'integration.update',
          caller: update.caller,
          resource: integration.id,
          provider,
          outcome: 'SUCCEEDED',
          changes: changes.map(c => ({ ...c, before: c.before.slice(0, 1024), after: c.after.slice(0, 1024) })),
        },
      ],
      deps.now(),
    );
    await announce(tx, 'integration_changed', project);
  });
}

/** The row, locked; throws where it is absent or the etag is not the last one. */
export async function lockIntegration(
  em: EntityManager,
  project: string,
  id: string,
  etag: string,
): Promise<Integration> {
  const integration = await em.findOne(
    IntegrationEntity,
    { project, id },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  );
  if (integration === null) throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: id });
  assertEtag(integration, etag);
  return integration;
}

/** Throws where an etag is given and is not the last one. */
export function assertEtag(integration: Integration, etag: string): void {
  if (etag === '' || etag === etagOf(integration)) return;
  const { project, id } = integration;
  throw new IntegrationError('ETAG_MISMATCH', { project, integration: id, etag: etagOf(integration) });
}

function methodOf(deps: Deps, integration: Integration): ConnectMethod | undefined {
  const provider = deps.catalog.provider(integration.provider);
  return provider && methodFor(provider, integration.authKind);
}
