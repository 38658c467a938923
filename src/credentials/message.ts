import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { CredentialSchema } from '../../gen/mobius/integrations/internal/v1/credential_pb.js';
import { AuthKind } from '../../gen/mobius/integrations/v1/integration_pb.js';
import type { Deps } from '../deps.ts';
import type { OpenCredential } from '../providers/provider.ts';
import { reveal, type Secret } from '../secret.ts';
import { allowedHosts } from './hosts.ts';
import type { ResolvedCredential } from './resolve.ts';

type SecretShape = NonNullable<MessageInitShape<typeof CredentialSchema>['secret']>;

/** The one message that carries secrets out, to a trusted caller over mutual TLS. Never a refresh token or our own app's. */
export function credentialMessage(deps: Deps, { opened, integration, leaseId }: ResolvedCredential) {
  const { provider, credential } = opened;
  const config = integration?.config ?? {};
  const endpoints = deps.platform.endpointsOf(provider, config);
  return create(CredentialSchema, {
    secret: secretOf(credential),
    authKind: AuthKind[credential.kind],
    expireTime: opened.expireTime && timestampFromDate(opened.expireTime),
    leaseId,
    version: opened.version,
    allowedHosts: [...allowedHosts(deps, provider, config)],
    headers: Object.fromEntries(Object.entries(opened.headers).map(([name, value]) => [name, reveal(value)])),
    integrationId: integration?.id ?? '',
    provider: provider.id,
    apiBaseUrl: endpoints.api ?? '',
    account: integration && {
      id: integration.accountId,
      label: integration.accountLabel,
      url: integration.accountUrl ?? '',
    },
    config: config as JsonObject,
    grantedScopes: integration?.grantedScopes ?? [],
  });
}

function secretOf({ kind, secrets }: OpenCredential): SecretShape | undefined {
  const value = (secret: Secret | undefined): string => (secret === undefined ? '' : reveal(secret));
  const { access_token: accessToken } = secrets;
  if (accessToken !== undefined) return { case: 'bearer', value: { token: reveal(accessToken) } };
  switch (kind) {
    case 'API_KEY':
    case 'BOT_TOKEN': {
      const key = secrets.api_key ?? secrets.bot_token ?? secrets.token;
      return kind === 'BOT_TOKEN'
        ? { case: 'bearer', value: { token: value(key) } }
        : { case: 'apiKey', value: { key: value(key) } };
    }
    case 'BASIC':
      return { case: 'basic', value: { username: value(secrets.username), password: value(secrets.password) } };
    case 'CONNECTION_STRING':
      return { case: 'connectionString', value: { value: value(secrets.connection_string) } };
    case 'WEBHOOK_SECRET':
      return { case: 'webhook', value: { url: value(secrets.webhook_url), secret: value(secrets.auth_header_value) } };
    default:
      return undefined;
  }
}
