import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import type { Subscriptions } from '../subscription.ts';
import { DRIVE } from './auth.ts';
import { eventTypes } from './events.ts';
import { startToken } from './feed.ts';

/** Google’s longest for a channel of changes. */
const WEEK_MS = 7 * 86_400_000;

/** One channel an account. It cannot be prolonged, and Google tells of none that stands. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [DRIVE],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets: async () => [{ key: 'changes', label: 'Files', eventTypes: eventTypes.map(({ name }) => name) }],
  create: async (call, { id, url, secret }) => {
    const { body } = await call.fetch(`${call.endpoints.api}/changes/watch`, {
      method: 'POST',
      query: { pageToken: await startToken(call), supportsAllDrives: true, includeItemsFromAllDrives: true },
      json: {
        id,
        type: 'web_hook',
        address: url,
        token: secret,
        expiration: String(call.now().getTime() + WEEK_MS),
      },
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
