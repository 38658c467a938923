import { ProviderError } from '../kit/error.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/**
 * Source: docs.sentry.io/api/auth. A token is for the one organization that was picked at the consent page, and lives 30 days.
 *
 * The installing of a public integration is no way to connect here: its redirect brings back no `state` of ours, so that
 * anybody could hand us another's installation, and its tokens come from an address with the installation's id.
 */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth/authorize/`,
  tokenUrl: endpoints => `${endpoints.web}/oauth/token/`,
  scopes: {
    default: ['event:read', 'event:write', 'member:read', 'org:read', 'project:read', 'team:read'],
    separator: ' ',
    optional: ['event:admin', 'project:releases', 'project:write', 'team:write'],
  },
  pkce: true,
  client: 'body',
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
};

export const token: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['organization', 'access_token'], {
    organization: settingField('Organization', 'Slug of the organization.', {
      max: 50,
      pattern: '^[a-z0-9][a-z0-9_-]*$',
    }),
    access_token: secretField('Auth token', 'Of an internal integration, or a personal token.', { min: 16 }),
    webhook_secret: secretField('Client secret', 'Of the internal integration; without it no events come in.', {
      min: 16,
    }),
  }),
  headers: bearer('access_token'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const slug = optionalString(call.config.organization);
  const organization = slug === undefined ? await onlyOne(call) : await named(call, slug);
  const known = readString(organization.slug, 'slug');
  const account = { id: readId(organization.id, 'id'), label: optionalString(organization.name) ?? known };
  return { account, config: { organization: known } };
}

async function named(call: ProviderCall, slug: string) {
  const { body } = await call.fetch(`${call.endpoints.api}/organizations/${segment(slug)}/`);
  return readObject(body, 'organization');
}

async function onlyOne(call: ProviderCall) {
  const { body } = await call.fetch(`${call.endpoints.api}/organizations/`);
  const [first] = readArray(body, 'organizations');
  if (first === undefined)
    throw new ProviderError({ kind: 'forbidden' }, new Error('the token is for no organization'));
  return readObject(first, 'organizations[0]');
}
