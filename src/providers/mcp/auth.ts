import { reveal, Secret } from '../../secret.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { headerNameField } from '../kit/header_name.ts';
import { optionalString } from '../kit/read.ts';
import type { InlineCredential } from '../provider.ts';
import { openSession } from './session.ts';

/**
 * A server without a key is open to everybody; one that wants OAuth with a client of its own making (discovery, dynamic
 * registration) cannot be connected yet.
 */
export const server: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: {
    ...form(['host', 'path'], {
      host: settingField(
        'Host',
        'Of the server, for example mcp.example.com; reached by https at its public address.',
        {
          max: 200,
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$',
        },
      ),
      path: settingField('Path', 'Where the server speaks MCP over HTTP, for example /mcp.', {
        max: 512,
        pattern: '^/[A-Za-z0-9._~/-]*$',
      }),
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
  identify: async call => {
    const { info } = await openSession(call);
    const id = `${String(call.config.host)}${String(call.config.path)}`;
    return { account: { id, label: optionalString(info.title) ?? optionalString(info.name) ?? id } };
  },
};
