import { fingerprint } from '../kit/fingerprint.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { bearer, secretOf } from '../kit/headers.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray, readId } from '../kit/read.ts';
import type { Identity, InlineCredential, ProviderCall } from '../provider.ts';

/** Begins the account id of a key that may not read its user's. */
const UNNAMED = 'key:';

export const apiKey: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['region', 'api_key'], {
    region: {
      type: 'string',
      title: 'Region',
      description: 'Where the account is kept: api for all, api.eu for subusers of the European Union.',
      enum: ['api', 'api.eu'],
    },
    api_key: secretField('API key', 'From Settings, API Keys, with what the automations need.', {
      min: 32,
      pattern: '^SG\\.[A-Za-z0-9_.-]+$',
    }),
    public_key: secretField(
      'Verification key',
      'Of a signed event webhook made by hand. Left out, the service makes one, which the key must be allowed to.',
      { min: 100, max: 512 },
    ),
    from: settingField('From', 'The address that e-mails come from where an action names none.', {
      max: 254,
      pattern: '^[^\\s@]+@[^\\s@]+$',
    }),
  }),
  headers: bearer('api_key'),
  identify,
  isSameAccount: (before, found) => before === found || before.startsWith(UNNAMED) || found.startsWith(UNNAMED),
};

/** Every key may read what it may; few may read whose it is. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/scopes`);
  const scopes = readArray(at(body, 'scopes'), 'scopes');
  if (!scopes.includes('user.username.read')) {
    const id = `${UNNAMED}${fingerprint(secretOf(call.credential, 'api_key'))}`;
    return { account: { id, label: id } };
  }
  const user = await call.fetch(`${call.endpoints.api}/user/username`);
  const id = readId(at(user.body, 'user_id'), 'user_id');
  return { account: { id, label: optionalString(at(user.body, 'username')) ?? id } };
}
