import { at } from '../kit/meta.ts';
import { readId, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Subscriptions } from '../subscription.ts';
import { eventTypes } from './events.ts';

/** What the settings call an event, where it is not its own name. */
const SETTINGS: Readonly<Record<string, string>> = { spamreport: 'spam_report' };

/** One for the account. Plans allow few; whoever may have no further one makes do with the one made by hand. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets: async () => [
    {
      key: 'account',
      label: 'Account',
      eventTypes: eventTypes.filter(({ runtimeState }) => runtimeState === 'ACTIVE').map(({ name }) => name),
    },
  ],
  // Unsigned at first, and nothing is taken until the key is known.
  create: async (call, { url, target }) => {
    const events = target.eventTypes.map(name => name.slice('sendgrid.'.length));
    const chosen = Object.fromEntries(events.map(name => [SETTINGS[name] ?? name, true]));
    const settings = `${call.endpoints.api}/user/webhooks/event/settings`;
    const json = { enabled: true, url, friendly_name: 'Mobius', ...chosen };
    const made = await call.fetch(settings, { method: 'POST', json });
    const id = readId(at(made.body, 'id'), 'id');
    const signed = await call.fetch(`${settings}/signed/${segment(id)}`, { method: 'PATCH', json: { enabled: true } });
    return { id, secret: readString(at(signed.body, 'public_key'), 'public_key') };
  },
  check: async (call, { id }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/user/webhooks/event/settings/${segment(id)}`);
    return at(body, 'enabled') === false ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/user/webhooks/event/settings/${segment(id)}`, { method: 'DELETE' });
  },
};
