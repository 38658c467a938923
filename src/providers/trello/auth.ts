import { reveal, Secret } from '../../secret.ts';
import { form, secretField } from '../kit/form.ts';
import { secretOf } from '../kit/headers.ts';
import { optionalString, readObject, readString } from '../kit/read.ts';
import type { InlineCredential } from '../provider.ts';

/**
 * Key and token of a person; consent by redirect is OAuth 1.0a here, which the service does not speak. Source:
 * developer.atlassian.com/cloud/trello, authorization.
 */
export const keyAndToken: InlineCredential = {
  mode: 'API_KEY',
  authKind: 'API_KEY',
  schema: form(['api_key', 'api_secret', 'token'], {
    api_key: secretField('API key', 'Of a Power-Up made at trello.com/power-ups/admin.', { min: 16 }),
    api_secret: secretField('Secret', 'Shown beside the key; Trello signs webhooks with it.', { min: 16 }),
    token: secretField('Token', 'Made by the link beside the key, with the person whose boards are meant.', {
      min: 16,
    }),
  }),
  headers: credential => {
    const [key, token] = ['api_key', 'token'].map(name => reveal(secretOf(credential, name)).replaceAll(/["\\]/g, ''));
    return { authorization: new Secret(`OAuth oauth_consumer_key="${key}", oauth_token="${token}"`) };
  },
  identify: async call => {
    const { body } = await call.fetch(`${call.endpoints.api}/members/me`, {
      query: { fields: 'username,fullName,url' },
    });
    const member = readObject(body, 'member');
    const id = readString(member.id, 'id');
    const url = optionalString(member.url);
    return { account: { id, label: optionalString(member.username) ?? id, ...(url !== undefined && { url }) } };
  },
  revoke: async call => {
    const token = encodeURIComponent(reveal(secretOf(call.credential, 'token')));
    await call.fetch(`${call.endpoints.api}/tokens/${token}`, { method: 'DELETE' });
  },
};
