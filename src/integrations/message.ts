import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  AuthKind,
  ConnectSessionSchema,
  ConnectSessionStatus,
  IntegrationSchema,
  IntegrationStatus,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import { Mender, ReadinessCause } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { withdrawn } from '../catalog/causes.ts';
import { type CatalogIndex, methodFor } from '../providers/catalog_index.ts';
import type { ConnectSession, Integration } from './entity.ts';
import type { IntegrationView } from './list.ts';
import { sessionStatus } from './session.ts';
import { etagOf } from './update.ts';

export function integrationMessage(
  { integration, credential }: IntegrationView,
  catalog: Pick<CatalogIndex, 'provider'>,
) {
  const { accountId: id, accountLabel: label, accountUrl } = integration;
  return create(IntegrationSchema, {
    id: integration.id,
    project: integration.project,
    provider: integration.provider,
    name: integration.name,
    isDefault: integration.isDefault,
    status: IntegrationStatus[integration.status],
    health: isOffered(integration, catalog) ? healthOf(integration) : absence(integration),
    account: { id, label, url: accountUrl ?? '' },
    authKind: AuthKind[integration.authKind],
    config: integration.config as JsonObject,
    credential: credential && {
      version: credential.version,
      issueTime: timestampFromDate(credential.issueTime),
      expireTime: credential.expireTime ? timestampFromDate(credential.expireTime) : undefined,
      refreshable: credential.refreshable,
      fingerprint: credential.fingerprint,
    },
    requestedScopes: integration.requestedScopes,
    grantedScopes: integration.grantedScopes ?? [],
    grantedScopesKnown: integration.grantedScopes !== null && integration.grantedScopes !== undefined,
    tags: integration.tags,
    createdBy: integration.createdBy,
    createTime: timestampFromDate(integration.createTime),
    updateTime: timestampFromDate(integration.updateTime),
    etag: etagOf(integration),
  });
}

/** What mends the health, computed from its cause: who runs the app, the provider itself, or the project by a reconnect. */
function healthOf(integration: Integration): MessageInitShape<typeof IntegrationSchema>['health'] {
  const { healthCause, healthSince, healthMessage, project, provider, id } = integration;
  if (!healthCause) return undefined;
  const told = {
    cause: ReadinessCause[healthCause],
    since: healthSince ? timestampFromDate(healthSince) : undefined,
    message: healthMessage ?? '',
  };
  if (healthCause === 'PROVIDER_OUTAGE') return { ...told, mender: Mender.PROVIDER };
  if (healthCause === 'PLATFORM_APP_MISSING') {
    return { ...told, mender: Mender.OPERATOR, fix: { setting: `platform.yaml: providers.${provider}.app` } };
  }
  const reconnect = { project, provider, integration_id: id };
  const method = 'mobius.integrations.v1.IntegrationService/ConnectProvider';
  return { ...told, mender: Mender.PROJECT, fix: { method, arguments: reconnect } };
}

function isOffered({ provider: id, authKind }: Integration, catalog: Pick<CatalogIndex, 'provider'>): boolean {
  const provider = catalog.provider(id);
  return provider !== undefined && methodFor(provider, authKind) !== undefined;
}

/** Its provider came by a manifest that is gone or says otherwise now. It works again when that is back. */
function absence({ provider }: Integration): MessageInitShape<typeof IntegrationSchema>['health'] {
  const { message, fix } = withdrawn(provider, provider);
  return {
    cause: ReadinessCause.NOT_IMPLEMENTED,
    message,
    mender: Mender.OPERATOR,
    fix: { setting: fix.setting ?? '' },
  };
}

export function sessionMessage(session: ConnectSession, now: Date) {
  return create(ConnectSessionSchema, {
    id: session.id,
    project: session.project,
    provider: session.provider,
    status: ConnectSessionStatus[sessionStatus(session, now)],
    integrationId: session.integrationId ?? '',
    errorReason: session.failureReason ?? '',
    errorMessage: session.failureMessage ?? '',
    createTime: timestampFromDate(session.createTime),
    expireTime: timestampFromDate(session.expireTime),
  });
}
