import { bearer, header } from '../kit/headers.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import { readScopes } from '../kit/scopes.ts';
import type { Answer, Identity, InlineCredential, OAuthRedirect, ProviderCall, ProviderFailure } from '../provider.ts';

/** Access tokens live a day; each refresh gives a new refresh token and ends the one before. */
export const oauth: OAuthRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  authorizeUrl: endpoints => `${endpoints.web}/oauth/authorize`,
  tokenUrl: endpoints => `${endpoints.api}/oauth/token`,
  scopes: {
    default: ['read', 'write'],
    separator: ',',
    optional: ['admin', 'app:assignable', 'app:mentionable', 'comments:create', 'issues:create', 'timeSchedule:write'],
  },
  pkce: true,
  client: 'body',
  /** Asks each time, so that a person can pick another workspace. */
  authorizeParams: { prompt: 'consent' },
  readToken,
  refresh: 'ROTATING',
  headers: bearer('access_token'),
  identify,
  revoke: async call => {
    await call.fetch(`${call.endpoints.api}/oauth/revoke`, { method: 'POST' });
  },
};

/** A personal API key goes into the header as it is: with `Bearer` Linear refuses it. */
export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['api_key'],
    properties: {
      api_key: {
        type: 'string',
        title: 'API key',
        description: 'Personal API key, from Settings, Security & access.',
        minLength: 16,
        maxLength: 256,
        pattern: '^lin_api_[A-Za-z0-9_-]+$',
        writeOnly: true,
      },
      webhook_secret: {
        type: 'string',
        title: 'Webhook signing secret',
        description: 'From the page of a webhook made in the workspace by hand; without it one is made.',
        minLength: 16,
        maxLength: 256,
        writeOnly: true,
      },
    },
  },
  headers: header('authorization', 'api_key'),
  identify,
};

async function identify(call: ProviderCall): Promise<Identity> {
  const query = 'query Identity { viewer { id name } organization { id name urlKey } }';
  const data = await graphql(call, `${call.endpoints.api}/graphql`, query);
  const organization = readObject(data.organization, 'organization');
  const urlKey = readString(organization.urlKey, 'organization.urlKey');
  return {
    account: {
      id: readString(organization.id, 'organization.id'),
      label: readString(organization.name, 'organization.name'),
      url: `${call.endpoints.web}/${encodeURIComponent(urlKey)}`,
    },
    config: { viewer_id: readString(readObject(data.viewer, 'viewer').id, 'viewer.id') },
  };
}

/** Scopes came as a list, by commas and by spaces over the years. */
function readToken(answer: unknown): Json {
  const body = readObject(answer, 'token answer');
  const scopes = readScopes(body.scope);
  return scopes === undefined ? body : { ...body, scope: scopes.join(' ') };
}

/** By `extensions.code`, or `extensions.type` where there is none. Source: the vendor SDK's error types. */
const FAILURES: ReadonlyMap<string, ProviderFailure['kind']> = new Map([
  ['AUTHENTICATION_ERROR', 'refused'],
  ['FORBIDDEN', 'forbidden'],
  ['FEATURE_NOT_ACCESSIBLE', 'forbidden'],
  ['USAGE_LIMIT_EXCEEDED', 'forbidden'],
  ['ENTITY_NOT_FOUND', 'not_found'],
  ['RATELIMITED', 'throttled'],
  ['BOOTSTRAP_ERROR', 'unavailable'],
  ['INTERNAL_ERROR', 'unavailable'],
  ['INTERNAL_SERVER_ERROR', 'unavailable'],
  ['LOCK_TIMEOUT', 'unavailable'],
  ['NETWORK_ERROR', 'unavailable'],
]);

/** Linear says no in `errors`, with 200 or 400; the first one decides. Other statuses are left to HTTP's meaning. */
export function failureOf(answer: Answer): ProviderFailure | undefined {
  if ((answer.status !== 200 && answer.status !== 400) || !isObject(answer.body)) return undefined;
  const errors = answer.body.errors;
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const first: unknown = errors[0];
  const extensions = isObject(first) && isObject(first.extensions) ? first.extensions : {};
  const type = optionalString(extensions.type)?.toUpperCase().replaceAll(' ', '_');
  const kind = FAILURES.get(optionalString(extensions.code) ?? '') ?? FAILURES.get(type ?? '');
  if (kind === undefined) return isNotFound(first) ? { kind: 'not_found' } : { kind: 'rejected' };
  return kind === 'throttled' ? throttled(answer) : { kind };
}

/** An absent entity is an input error whose message begins so. */
function isNotFound(error: unknown): boolean {
  return isObject(error) && optionalString(error.message)?.startsWith('Entity not found') === true;
}

/** When the window starts anew, in milliseconds since 1970. */
function throttled(answer: Answer): ProviderFailure {
  const reset = answer.headers.get('x-ratelimit-requests-reset') ?? '';
  const now = Date.parse(answer.headers.get('date') ?? '');
  if (!/^\d{13}$/.test(reset) || Number.isNaN(now)) return { kind: 'throttled' };
  return { kind: 'throttled', retryAfterMs: Math.max(0, Number(reset) - now) };
}
