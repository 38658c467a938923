import { at } from '../kit/meta.ts';
import { optionalString, readArray, readId, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions, Target } from '../subscription.ts';
import { eventTypes, vendorName } from './events.ts';

const hooksOf = (call: ProviderCall, { key }: Target): string => `${call.endpoints.api}/team/${segment(key)}/webhook`;

/** One webhook a workspace. One that fails too often is suspended. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets: async call => {
    const { body } = await call.fetch(`${call.endpoints.api}/team`);
    return readArray(at(body, 'teams'), 'teams')
      .slice(0, 200)
      .map(team => {
        const key = readId(at(team, 'id'), 'id');
        return { key, label: optionalString(at(team, 'name')) ?? key, eventTypes: eventTypes.map(({ name }) => name) };
      });
  },
  create: async (call, { target, url }) => {
    const json = { endpoint: url, events: target.eventTypes.map(vendorName) };
    const { body } = await call.fetch(hooksOf(call, target), { method: 'POST', json });
    return madeOf(at(body, 'webhook'));
  },
  find: async (call, { target, url }) =>
    (await hooks(call, target)).filter(hook => at(hook, 'endpoint') === url).map(madeOf),
  check: async (call, { id, target }) => {
    const hook = (await hooks(call, target)).find(each => at(each, 'id') === id);
    if (hook === undefined) return 'GONE';
    return at(hook, 'health', 'status') === 'suspended' ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    await call.fetch(`${call.endpoints.api}/webhook/${segment(id)}`, { method: 'DELETE' });
  },
};

async function hooks(call: ProviderCall, target: Target): Promise<readonly unknown[]> {
  return readArray(at((await call.fetch(hooksOf(call, target))).body, 'webhooks'), 'webhooks');
}

function madeOf(hook: unknown): MadeSubscription {
  const secret = optionalString(at(hook, 'secret'));
  return { id: readString(at(hook, 'id'), 'webhook.id'), ...(secret !== undefined && { secret }) };
}
