import { at } from '../kit/meta.ts';
import { readId, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Subscriptions } from '../subscription.ts';
import { eventTypes } from './events.ts';

/** One for the account. Its secret is told once, when it is made, so that none whose answer was lost can be taken over. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['webhook_subscriptions.read', 'webhook_subscriptions.write'],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets: async () => [{ key: 'account', label: 'Account', eventTypes: eventTypes.map(({ name }) => name) }],
  create: async (call, { url, target }) => {
    const webhook_subscription = {
      type: 'webhook_subscription',
      description: 'Mobius',
      delivery_method: { type: 'http_delivery_method', url },
      events: target.eventTypes.map(name => name.slice('pagerduty.'.length)),
      filter: { type: 'account_reference' },
    };
    const { body } = await call.fetch(`${call.endpoints.api}/webhook_subscriptions`, {
      method: 'POST',
      json: { webhook_subscription },
    });
    const made = at(body, 'webhook_subscription');
    const secret = readString(at(made, 'delivery_method', 'secret'), 'delivery_method.secret');
    return { id: readId(at(made, 'id'), 'id'), secret };
  },
  // After three deliveries that failed for good PagerDuty sends nothing for a day.
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/webhook_subscriptions/${segment(id)}`);
    const found = at(body, 'webhook_subscription');
    const isStopped = at(found, 'active') === false || at(found, 'delivery_method', 'temporarily_disabled') === true;
    return isStopped ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/webhook_subscriptions/${segment(id)}`, { method: 'DELETE' });
  },
};
