import { ProviderError } from '../providers/kit/error.ts';
import { form, oauthApp, secretField, settingField } from '../providers/kit/form.ts';
import type { IdentityCall } from '../providers/kit/identity_call.ts';
import { identityBy } from '../providers/kit/identity_call.ts';
import { plainOAuth } from '../providers/kit/plain_oauth.ts';
import type {
  ConnectMethod,
  InlineCredential,
  JsonSchema,
  OAuthRedirect,
  PlatformAppForm,
} from '../providers/provider.ts';
import { reveal, Secret } from '../secret.ts';
import {
  type AddressManifest,
  authKinds,
  type FieldManifest,
  type IdentityManifest,
  type KeyManifest,
  type Manifest,
  type OAuthManifest,
} from './manifest.ts';

export const addressOf = ({ endpoint = 'api', path }: AddressManifest) => ({ endpoint, path });

/** The ways to connect. */
export function connectMethods({ connect, identity }: Manifest): readonly ConnectMethod[] {
  const identify = identityBy(identityCall(identity));
  return connect.map(method => (method.kind === 'oauth2' ? oauth(method, identify) : keyed(method, identify)));
}

function identityCall({ id, label, url, method, query, ...address }: IdentityManifest): IdentityCall {
  return {
    at: addressOf(address),
    id: [id],
    ...(label !== undefined && { label: [label] }),
    ...(url !== undefined && { url: [url] }),
    ...(method !== undefined && { method }),
    ...(query !== undefined && { query }),
  };
}

function oauth(method: OAuthManifest, identify: OAuthRedirect['identify']): OAuthRedirect {
  const { revoke, client, pkce = true, scopes = {}, authorize_params, token_params, refresh, settings } = method;
  return plainOAuth({
    authorize: addressOf(method.authorize),
    token: addressOf(method.token),
    ...(revoke !== undefined && { revoke: addressOf(revoke) }),
    client,
    pkce,
    scopes: {
      default: scopes.default ?? [],
      separator: scopes.separator === 'comma' ? ',' : ' ',
      ...(scopes.optional !== undefined && { optional: scopes.optional }),
    },
    ...(authorize_params !== undefined && { authorizeParams: authorize_params }),
    ...(token_params !== undefined && { tokenParams: token_params }),
    ...(settings !== undefined && { settings: formOf(settings) }),
    refresh: refreshOf[refresh],
    identify,
  });
}

const refreshOf = { rotating: 'ROTATING', reusable: 'REUSABLE', none: 'NONE' } as const;

function keyed(method: KeyManifest, identify: InlineCredential['identify']): InlineCredential {
  return {
    mode: 'API_KEY',
    authKind: authKinds[method.kind],
    schema: formOf(method.fields),
    headers: placement(method),
    identify,
  };
}

/** The headers that carry what was typed, secret or not. */
function placement({ headers = [], basic }: KeyManifest): InlineCredential['headers'] {
  return (credential, config) => {
    const typed = (name: string): string | undefined => {
      const secret = credential.secrets[name];
      const setting = config[name];
      return secret === undefined ? (typeof setting === 'string' ? setting : undefined) : reveal(secret);
    };
    const named = headers.flatMap(({ name, prefix = '', field }): [string, Secret][] => {
      const value = typed(field);
      return value === undefined ? [] : [[name.toLowerCase(), new Secret(`${prefix}${value}`)]];
    });
    if (basic === undefined) return Object.fromEntries(named);
    const user = typed(basic.user);
    if (user === undefined) throw new ProviderError({ kind: 'refused' }, new Error(`there is no ${basic.user}`));
    const pair = `${user}:${(basic.password && typed(basic.password)) ?? ''}`;
    const authorization = new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
    return { ...Object.fromEntries(named), authorization };
  };
}

function formOf(fields: readonly FieldManifest[]): JsonSchema {
  const required = fields.filter(({ optional }) => optional !== true).map(({ name }) => name);
  return form(required, Object.fromEntries(fields.map(field => [field.name, fieldSchema(field)])));
}

function fieldSchema({
  title,
  description,
  secret,
  min_length: min,
  max_length: max,
  choices,
}: FieldManifest): JsonSchema {
  const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  if (secret === true) return secretField(title, description, bounds);
  if (choices !== undefined) return { type: 'string', title, description, enum: choices };
  return settingField(title, description, bounds);
}

/** What the operator registers at the vendor: an OAuth app, and the secret that signs for it. */
export function appForm({ connect, webhook }: Manifest): PlatformAppForm | undefined {
  const signing =
    webhook?.secret === 'app'
      ? {
          [webhook.secret_field]: secretField(
            'Signing secret',
            `Signs deliveries: ${webhook.description}`.slice(0, 300),
          ),
        }
      : {};
  if (connect.some(({ kind }) => kind === 'oauth2')) return { schema: oauthApp('OAuth app', signing) };
  return Object.keys(signing).length > 0 ? { schema: form([], signing) } : undefined;
}
