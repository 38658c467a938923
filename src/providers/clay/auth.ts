import type { Secret } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { textFingerprint } from '../kit/fingerprint.ts';
import { headerNameField } from '../kit/header_name.ts';
import { optionalString, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, OpenCredential, ProviderCall } from '../provider.ts';

/** A table's webhook: the header's name is configuration, its value a secret; both or neither. */
export const tableWebhook: InlineCredential = {
  mode: 'WEBHOOK_SETUP',
  authKind: 'WEBHOOK_SECRET',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['webhook_url'],
    dependentRequired: { auth_header_name: ['auth_header_value'], auth_header_value: ['auth_header_name'] },
    properties: {
      webhook_url: {
        type: 'string',
        title: 'Webhook URL',
        description: 'From the table’s webhook source. Who knows it can add rows, unless an auth token is set there.',
        format: 'uri',
        pattern: '^https://[^\\s@#]+$',
        maxLength: 2_048,
      },
      auth_header_name: headerNameField('Header name', 'Header the table’s auth token goes in.'),
      auth_header_value: {
        type: 'string',
        title: 'Header value',
        description: 'The table’s auth token.',
        pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
        minLength: 1,
        maxLength: 1_024,
        writeOnly: true,
      },
    },
  },
  headers,
  identify,
};

function headers(
  credential: OpenCredential,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Secret>> {
  const name = optionalString(config.auth_header_name);
  const value = credential.secrets.auth_header_value;
  return name === undefined || value === undefined ? {} : { [name.toLowerCase()]: value };
}

/** Clay can only be asked by adding a row, so the URL is read and not tried: the first submit is the proof. */
async function identify(call: ProviderCall): Promise<Identity> {
  const text = readString(call.config.webhook_url, 'webhook_url');
  if (!URL.canParse(text)) throw new ProviderError({ kind: 'rejected' }, new Error('webhook_url is not a URL'));
  const { host } = new URL(text);
  return { account: { id: `${host}/${textFingerprint(text)}`, label: host } };
}
