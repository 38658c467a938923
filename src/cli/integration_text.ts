import { AuthKind, type Integration, IntegrationStatus } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { ReadinessCause } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { nameOf, timeOf } from './options.ts';
import { formatFields } from './table.ts';

export const integrationColumns = [
  ['INTEGRATION', (i: Integration) => i.id],
  ['PROVIDER', (i: Integration) => i.provider],
  ['NAME', (i: Integration) => i.name + (i.isDefault ? ' *' : '')],
  ['STATUS', (i: Integration) => nameOf(IntegrationStatus, i.status)],
  ['ACCOUNT', (i: Integration) => i.account?.label ?? ''],
  ['AUTH', (i: Integration) => nameOf(AuthKind, i.authKind)],
  ['HEALTH', (i: Integration) => healthOf(i)],
] as const;

export function describeIntegration(integration: Integration | undefined): string {
  if (integration === undefined) return '';
  const { account, credential, config = {} } = integration;
  return formatFields([
    ['id', integration.id],
    ['provider', integration.provider],
    ['name', integration.name + (integration.isDefault ? ' (default)' : '')],
    ['status', nameOf(IntegrationStatus, integration.status)],
    ['health', healthOf(integration)],
    ['account', account && `${account.label} (${account.id})`],
    ['account url', account?.url],
    ['auth', nameOf(AuthKind, integration.authKind)],
    ['credential', credential && `version ${credential.version}, fingerprint ${credential.fingerprint}`],
    ['expires', timeOf(credential?.expireTime)],
    ['scopes', integration.grantedScopesKnown ? integration.grantedScopes.join(' ') : 'not told by the provider'],
    ['config', Object.keys(config).length === 0 ? '' : JSON.stringify(config)],
    [
      'tags',
      Object.entries(integration.tags)
        .map(pair => pair.join('='))
        .join(' '),
    ],
    ['created', `${timeOf(integration.createTime)} by ${integration.createdBy}`],
    ['updated', timeOf(integration.updateTime)],
    ['etag', integration.etag],
  ]);
}

function healthOf({ health }: Integration): string {
  const cause = health === undefined ? '' : nameOf(ReadinessCause, health.cause);
  return cause === '' ? 'good' : `${cause}: ${health?.message}`;
}
