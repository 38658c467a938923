import { form, secretField } from '../kit/form.ts';
import { bearer } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import type { InlineCredential } from '../provider.ts';

/** A restricted key does, and should: what it may is chosen where it is made. */
export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['api_key'], {
    api_key: secretField('API key', 'Restricted or secret key, from the dashboard under Developers, API keys.', {
      min: 16,
      pattern: '^(sk|rk)_(test|live)_[A-Za-z0-9]+$',
    }),
    webhook_secret: secretField(
      'Webhook signing secret',
      'Of an endpoint made in the dashboard; not needed where the key may make webhook endpoints.',
      { min: 16, pattern: '^whsec_[A-Za-z0-9]+$' },
    ),
  }),
  headers: bearer('api_key'),
  identify: async call => {
    const account = readObject((await call.fetch(`${call.endpoints.api}/v1/account`)).body, 'account');
    const id = readString(account.id, 'id');
    const names = [
      at(account, 'business_profile', 'name'),
      at(account, 'settings', 'dashboard', 'display_name'),
      account.email,
    ];
    return { account: { id, label: names.map(optionalString).find(name => name !== undefined) ?? id } };
  },
};
