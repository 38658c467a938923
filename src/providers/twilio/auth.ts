import { reveal, Secret } from '../../secret.ts';
import { form, secretField, settingField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Identity, InlineCredential, OpenCredential, ProviderCall } from '../provider.ts';

type Config = Readonly<Record<string, unknown>>;

/** The account’s auth token signs deliveries, whatever requests are made with. Source: twilio.com/docs/usage/security. */
export const account: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'BASIC',
  schema: form(['account_sid', 'auth_token'], {
    account_sid: settingField('Account SID', 'From the console; begins with AC.', {
      pattern: '^AC[0-9a-f]{32}$',
      max: 34,
    }),
    auth_token: secretField('Auth token', 'From the console; or the secret of the API key that is named.', {
      min: 16,
      max: 64,
    }),
    key_sid: settingField('API key SID', 'Of the key that requests are made with; begins with SK.', {
      pattern: '^SK[0-9a-f]{32}$',
      max: 34,
    }),
    webhook_secret: secretField(
      'Auth token for webhooks',
      'The account’s auth token, which signs deliveries even where requests are made with an API key.',
      { min: 16, max: 64 },
    ),
    from_number: settingField('From', 'The number that messages come from where an action names none.', {
      pattern: '^\\+[1-9][0-9]{6,14}$',
      max: 16,
    }),
  }),
  headers,
  identify,
};

const userOf = (config: Config): string => optionalString(config.key_sid) ?? optionalString(config.account_sid) ?? '';

function headers(credential: OpenCredential, config: Config): Readonly<Record<string, Secret>> {
  const pair = `${userOf(config)}:${reveal(secretOf(credential, 'auth_token'))}`;
  return { authorization: new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`) };
}

/** A standard key may not read the account, so that it is proved by what it may. */
async function identify(call: ProviderCall): Promise<Identity> {
  const sid = readString(call.config.account_sid, 'account_sid');
  const path = `${call.endpoints.api}/Accounts/${segment(sid)}`;
  if (userOf(call.config) !== sid) {
    await call.fetch(`${path}/IncomingPhoneNumbers.json`, { query: { PageSize: 1 } });
    return { account: { id: sid, label: sid } };
  }
  const found = readObject((await call.fetch(`${path}.json`)).body, 'account');
  return { account: { id: readString(found.sid, 'sid'), label: optionalString(found.friendly_name) ?? sid } };
}
