import { reveal, Secret } from '../../secret.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { headerNameField } from '../kit/header_name.ts';
import { bearer } from '../kit/headers.ts';
import { optionalString } from '../kit/read.ts';
import type { DiscoveredRedirect, InlineCredential, ProviderCall } from '../provider.ts';
import { greeting, openSession, serverUrl } from './session.ts';

const place = {
  host: settingField('Host', 'Of the server, for example mcp.example.com; reached by https at its public address.', {
    max: 200,
    pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$',
  }),
  path: settingField('Path', 'Where the server speaks MCP over HTTP, for example /mcp.', {
    max: 512,
    pattern: '^/[A-Za-z0-9._~/-]*$',
  }),
};

/** A server has no call that says whose token it is: the account is the server. */
async function identify(call: ProviderCall) {
  const { info } = await openSession(call);
  const id = `${String(call.config.host)}${String(call.config.path)}`;
  return { account: { id, label: optionalString(info.title) ?? optionalString(info.name) ?? id } };
}

/**
 * A server that names its authorization server. Source: modelcontextprotocol.io/specification/2025-06-18/basic/authorization.
 * Whether a refresh token is good once only that server knows: the safe answer is taken for granted.
 */
export const signIn: DiscoveredRedirect = {
  mode: 'OAUTH_REDIRECT',
  authKind: 'OAUTH2',
  settings: form(['host', 'path'], place),
  scopes: { default: [], separator: ' ' },
  refresh: 'ROTATING',
  discovery: { resourceUrl: serverUrl, probe: greeting },
  headers: bearer('access_token'),
  identify,
};

/** A server without a key is open to everybody. */
export const server: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: {
    ...form(['host', 'path'], {
      ...place,
      api_key: secretField('Key', 'Bearer token or key of the server, where it wants one.', {
        pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
        max: 4_096,
      }),
      header_name: headerNameField('Header name', 'Header that the key goes in as it is. Left out: a bearer token.'),
    }),
    dependentRequired: { header_name: ['api_key'] },
  },
  headers: ({ secrets: { api_key: key } }, config) => {
    if (key === undefined) return {};
    const name = optionalString(config.header_name)?.toLowerCase();
    return name === undefined ? { authorization: new Secret(`Bearer ${reveal(key)}`) } : { [name]: key };
  },
  identify,
};
