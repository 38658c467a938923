import { at } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Subscriptions } from '../subscription.ts';
import { eventTypes } from './event_types.ts';

/** One endpoint for the account. A key that may not make one is told so, and the person makes it in the dashboard. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  scopes: [],
  endpoint: 'made',
  address: 'OWN',
  secret: 'VENDOR',
  targets: async () => [{ key: 'account', label: 'Account', eventTypes: eventTypes.map(({ name }) => name) }],
  create: async (call, { url, target }) => {
    const events = target.eventTypes.map((name, index): [string, string] => [
      `enabled_events[${index}]`,
      name.slice('stripe.'.length),
    ]);
    const form = { url, description: 'Mobius', ...Object.fromEntries(events) };
    const { body } = await call.fetch(`${call.endpoints.api}/v1/webhook_endpoints`, { method: 'POST', form });
    return { id: readString(at(body, 'id'), 'id'), secret: readString(at(body, 'secret'), 'secret') };
  },
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/v1/webhook_endpoints/${segment(id)}`);
    return at(body, 'status') === 'disabled' ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/v1/webhook_endpoints/${segment(id)}`, { method: 'DELETE' });
  },
};
