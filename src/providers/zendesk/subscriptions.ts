import { at } from '../kit/meta.ts';
import { readArray, readId, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions } from '../subscription.ts';
import { areas, eventTypes } from './event_types.ts';

const webhooks = (call: ProviderCall): string => `${call.endpoints.api}/api/v2/webhooks`;

/** Only administrators may; whoever else connects is told so, and has the webhook made in the Admin Center. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['read', 'write'],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets: async () =>
    Object.entries(areas).map(([key, { label, objects }]) => ({
      key,
      label,
      eventTypes: eventTypes.map(({ name }) => name).filter(name => objects.includes(name.split('.')[1] ?? '')),
    })),
  create: async (call, { url, target }) => {
    const subscriptions = target.eventTypes.map(name => `zen:event-type:${name.slice('zendesk.'.length)}`);
    const json = {
      webhook: {
        name: `Mobius: ${target.label}`,
        endpoint: url,
        http_method: 'POST',
        request_format: 'json',
        status: 'active',
        subscriptions,
      },
    };
    const { body } = await call.fetch(webhooks(call), { method: 'POST', json });
    return await withSecret(call, readId(at(body, 'webhook', 'id'), 'webhook.id'));
  },
  find: async (call, { url }) => {
    const { body } = await call.fetch(webhooks(call), {
      query: { 'page[size]': 100, 'filter[name_contains]': 'Mobius' },
    });
    const all = readArray(at(body, 'webhooks'), 'webhooks').map(each => readObject(each, 'webhook'));
    const ours = all.filter(({ endpoint }) => endpoint === url);
    return await Promise.all(ours.map(({ id }) => withSecret(call, readId(id, 'id'))));
  },
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${webhooks(call)}/${segment(id)}`);
    return at(body, 'webhook', 'status') === 'inactive' ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${webhooks(call)}/${segment(id)}`, { method: 'DELETE' });
  },
};

async function withSecret(call: ProviderCall, id: string) {
  const { body } = await call.fetch(`${webhooks(call)}/${segment(id)}/signing_secret`);
  return { id, secret: readString(at(body, 'signing_secret', 'secret'), 'signing_secret.secret') };
}
