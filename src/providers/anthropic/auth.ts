import { Secret } from '../../secret.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray } from '../kit/read.ts';
import type { InlineCredential } from '../provider.ts';

/** Version of the API that @anthropic-ai/sdk 1.12 speaks. */
const API_VERSION = '2026-10-21';

/** Begins the account id of a key whose answers name no organization. */
const UNNAMED = 'key:';

export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['api_key'], {
    api_key: secretField('API key', 'Of a workspace, from the console.', {
      min: 20,
      pattern: '^sk-ant-[A-Za-z0-9_-]+$',
    }),
    webhook_secret: secretField(
      'Webhook signing key',
      'Of a webhook made in the console; without it no events come in.',
      {
        min: 24,
        max: 256,
        pattern: '^whsec_[A-Za-z0-9+/_=-]+$',
      },
    ),
  }),
  headers: credential => ({
    'x-api-key': secretOf(credential, 'api_key'),
    'anthropic-version': new Secret(API_VERSION),
  }),
  // Every answer's headers name the organization that the key is of.
  identify: async call => {
    const answer = await call.fetch(`${call.endpoints.api}/v1/models`, { query: { limit: 1 } });
    readArray(at(answer.body, 'data'), 'data');
    const organization = optionalString(answer.headers.get('anthropic-organization-id'));
    const id = organization ?? `${UNNAMED}${fingerprint(secretOf(call.credential, 'api_key'))}`;
    return { account: { id, label: id } };
  },
  isSameAccount: (before, found) => before === found || before.startsWith(UNNAMED) || found.startsWith(UNNAMED),
};
