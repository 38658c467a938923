import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { Subscriptions } from '../subscription.ts';
import { EVENTS, READING } from './auth.ts';
import { calendars } from './calendars.ts';

const WEEK_SECONDS = 7 * 86_400;

/** One channel a calendar. It cannot be prolonged, and Google tells of none that stands. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [EVENTS, READING],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets: calendars,
  create: async (call, { id, url, secret, target }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/calendars/${segment(target.key)}/events/watch`, {
      method: 'POST',
      json: { id, type: 'web_hook', address: url, token: secret, params: { ttl: String(WEEK_SECONDS) } },
    });
    const expiration = Number(at(body, 'expiration'));
    if (!Number.isSafeInteger(expiration) || expiration <= 0) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('expiration is not a time'));
    }
    const handle = { resource: readString(at(body, 'resourceId'), 'resourceId') };
    return { id, handle, expireTime: new Date(expiration) };
  },
  check: async () => ({}),
  remove: async (call, { id, handle }) => {
    const json = { id, resourceId: handle.resource };
    await call.fetch(`${call.endpoints.api}/channels/stop`, { method: 'POST', json });
  },
};
