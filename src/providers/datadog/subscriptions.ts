import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions } from '../subscription.ts';
import { eventTypes, SECRET_HEADER, TEMPLATE } from './events.ts';

const webhooks = (call: ProviderCall): string =>
  `${call.endpoints.api}/api/v1/integration/webhooks/configuration/webhooks`;

/** One for the organization, by a name of our choosing; there is no list to find one again by its address. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets: async () => [
    {
      key: 'organization',
      label: 'Organization',
      eventTypes: eventTypes.filter(({ runtimeState }) => runtimeState === 'ACTIVE').map(({ name }) => name),
    },
  ],
  create: async (call, { url, id, secret }) => {
    const name = `mobius-${id}`;
    const custom_headers = JSON.stringify({ [SECRET_HEADER]: secret });
    const json = { name, url, encode_as: 'json', custom_headers, payload: JSON.stringify(TEMPLATE) };
    await call.fetch(webhooks(call), { method: 'POST', json });
    return { id: name };
  },
  check: async (call, { id }) => {
    await call.fetch(`${webhooks(call)}/${segment(id)}`);
    return {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${webhooks(call)}/${segment(id)}`, { method: 'DELETE' });
  },
};
