import { ProviderError } from '../kit/error.ts';
import { at, momentOf } from '../kit/meta.ts';
import { isObject, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions, Target } from '../subscription.ts';
import { eventTypes } from './events.ts';

const MAX_BASES = 200;

const hooksOf = (call: ProviderCall, { key }: Target): string => `${call.endpoints.api}/bases/${segment(key)}/webhooks`;

/** One webhook a base. It lives 7 days; each renewal gives 7 more. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'API_KEY'],
  scopes: ['webhook:manage', 'data.records:read', 'schema.bases:read'],
  endpoint: '',
  address: 'OWN',
  secret: 'VENDOR',
  targets: bases,
  create: async (call, { target, url }) => {
    const options = { filters: { dataTypes: ['tableData', 'tableFields', 'tableMetadata'] } };
    const json = { notificationUrl: url, specification: { options } };
    const { body } = await call.fetch(hooksOf(call, target), { method: 'POST', json });
    const secret = readString(at(body, 'macSecretBase64'), 'macSecretBase64');
    return { ...madeOf(readObject(body, 'webhook')), secret };
  },
  check: async (call, { id, target }) => {
    const { body } = await call.fetch(hooksOf(call, target));
    const hook = readArray(at(body, 'webhooks'), 'webhooks').find(each => isObject(each) && each.id === id);
    if (!isObject(hook)) return 'GONE';
    const { expireTime } = madeOf(hook);
    const isDeaf = hook.isHookEnabled === false || hook.areNotificationsEnabled === false;
    return isDeaf ? 'STOPPED' : { ...(expireTime !== undefined && { expireTime }) };
  },
  renew: async (call, { id, target }) => {
    const { body } = await call.fetch(`${hooksOf(call, target)}/${segment(id)}/refresh`, { method: 'POST' });
    const expireTime = momentOf(at(body, 'expirationTime'));
    if (expireTime !== undefined) return { expireTime };
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('expirationTime is not a moment'));
  },
  remove: async (call, { id, target }) => {
    await call.fetch(`${hooksOf(call, target)}/${segment(id)}`, { method: 'DELETE' });
  },
};

function madeOf(hook: Readonly<Record<string, unknown>>): MadeSubscription {
  const expireTime = momentOf(hook.expirationTime);
  return { id: readString(hook.id, 'id'), ...(expireTime !== undefined && { expireTime }) };
}

/** The bases that were granted. */
export async function bases(call: ProviderCall): Promise<readonly Target[]> {
  const found: Target[] = [];
  let offset: string | undefined;
  do {
    const { body } = await call.fetch(`${call.endpoints.api}/meta/bases`, { query: { offset } });
    for (const each of readArray(at(body, 'bases'), 'bases')) {
      const key = readString(at(each, 'id'), 'id');
      found.push({
        key,
        label: optionalString(at(each, 'name')) ?? key,
        eventTypes: eventTypes.map(({ name }) => name),
      });
    }
    offset = optionalString(at(body, 'offset'));
  } while (offset !== undefined && found.length < MAX_BASES);
  return found.slice(0, MAX_BASES);
}
