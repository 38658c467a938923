import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { isObject, type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { text } from '../kit/schema.ts';
import { readScopes } from '../kit/scopes.ts';
import type {
  Answer,
  Identity,
  InlineCredential,
  OAuthRedirect,
  ProviderCall,
  ProviderFailure,
  ReferenceItem,
} from '../provider.ts';
import { cloudIdOf, isCloudId, siteApi } from './api.ts';

/** OAuth 2.0 (3LO). Atlassian offers no PKCE for it and no call that revokes: the user removes the grant. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.auth}/authorize`,
  tokenUrl: endpoints => `${endpoints.auth}/oauth/token`,
  scopes: {
    default: ['read:jira-work', 'write:jira-work', 'read:jira-user', 'manage:jira-webhook', 'offline_access'],
    separator: ' ',
    optional: ['manage:jira-project'],
  },
  pkce: false,
  client: 'body',
  authorizeParams: { audience: 'api.atlassian.com', prompt: 'consent' },
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify: identifySite,
};

/** E-mail and API token, over the gateway: it takes tokens with scopes, and needs the cloud id that the site shows. */
export const apiToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BASIC',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['cloud_id', 'email', 'api_token'],
    properties: {
      cloud_id: text('Cloud id, shown at https://<your site>.atlassian.net/_edge/tenant_info.', 36, {
        title: 'Cloud id',
        pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      }),
      email: text('E-mail address of the Atlassian account that made the token.', 254, {
        title: 'E-mail',
        format: 'email',
      }),
      api_token: text('API token with scopes, for the app Jira.', 1_024, { title: 'API token', writeOnly: true }),
      webhook_secret: text('Secret of the webhook an administrator registered to send here.', 255, {
        title: 'Webhook secret',
        writeOnly: true,
      }),
    },
  },
  headers: (credential, config) => {
    const email = optionalString(config.email);
    if (email === undefined) throw new ProviderError({ kind: 'refused' }, new Error('config has no email'));
    const pair = `${email}:${reveal(secretOf(credential, 'api_token'))}`;
    return { authorization: new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`) };
  },
  identify: identifyMyself,
};

/**
 * The account is the cloud site. A grant may cover several: `config.cloud_id` says which, and without it the first one
 * with Jira is taken.
 */
async function identifySite(call: ProviderCall): Promise<Identity> {
  const sites = await grantedSites(call);
  const wanted = optionalString(call.config.cloud_id);
  const site = wanted === undefined ? sites[0] : sites.find(({ id }) => id === wanted);
  if (site === undefined)
    throw new ProviderError({ kind: 'forbidden' }, new Error('the grant covers no such Jira site'));
  const id = readString(site.id, 'site.id').toLowerCase();
  if (!isCloudId(id)) throw new ProviderError({ kind: 'invalid_answer' }, new Error('site.id is not a cloud id'));
  const granted = readScopes(site.scopes);
  const url = siteUrl(site.url);
  return {
    account: { id, label: optionalString(site.name) ?? id, ...(url !== undefined && { url }) },
    ...(granted !== undefined && { grantedScopes: granted }),
    config: { cloud_id: id, ...(url !== undefined && { site_url: url }) },
  };
}

/** The sites of the grant that have Jira, in Atlassian's order. */
export async function grantedSites(call: ProviderCall): Promise<readonly Json[]> {
  const { body } = await call.fetch(`${call.endpoints.api}/oauth/token/accessible-resources`);
  return readArray(body, 'sites')
    .map((node, i) => readObject(node, `sites[${i}]`))
    .filter(hasJira);
}

export function siteItem(site: Json): ReferenceItem {
  const value = readString(site.id, 'site.id');
  const url = siteUrl(site.url);
  const label = optionalString(site.name) ?? (url === undefined ? value : new URL(url).hostname);
  return { value, label, ...(url !== undefined && { description: url }), state: 'PRESENT' };
}

/** The same list names Confluence and others; their scopes tell. */
function hasJira(site: Json): boolean {
  return (readScopes(site.scopes) ?? []).some(scope => /[:-]jira\b/.test(scope));
}

async function identifyMyself(call: ProviderCall): Promise<Identity> {
  const api = siteApi(call);
  const myself = readObject((await call.fetch(`${api}/myself`)).body, 'myself');
  readString(myself.accountId, 'myself.accountId');
  const server = readObject((await call.fetch(`${api}/serverInfo`)).body, 'serverInfo');
  const id = cloudIdOf(call.config).toLowerCase();
  const url = siteUrl(server.baseUrl);
  const label = url === undefined ? id : new URL(url).hostname.split('.')[0]!;
  return {
    account: { id, label, ...(url !== undefined && { url }) },
    config: { cloud_id: id, ...(url !== undefined && { site_url: url }) },
  };
}

/** Origin of a site, as deliveries name it. */
function siteUrl(value: unknown): string | undefined {
  const url = optionalString(value);
  return url !== undefined && URL.canParse(url) && url.startsWith('https://') ? new URL(url).origin : undefined;
}

/** The gateway answers 401 both to a bad token and to one without the scope; only its text tells. */
export function failureOf({ status, body }: Answer): ProviderFailure | undefined {
  if (status !== 401 || !isObject(body)) return undefined;
  return /scope does not match/i.test(optionalString(body.message) ?? '') ? { kind: 'forbidden' } : undefined;
}
