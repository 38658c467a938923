import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions } from '../subscription.ts';
import { MODIFY } from './auth.ts';
import { eventTypes } from './events.ts';

/**
 * One watch a mailbox and app, where the operator has a Pub/Sub topic. It lives seven days; watching again prolongs it.
 * Gmail tells of none that stands. Source: developers.google.com/workspace/gmail/api/guides/push.
 */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [MODIFY],
  endpoint: '',
  address: 'APP',
  secret: 'APP',
  targets: async ({ app }) =>
    app?.fields.push_topic === undefined
      ? []
      : [{ key: 'mailbox', label: 'Mailbox', eventTypes: eventTypes.map(({ name }) => name) }],
  create: watch,
  check: async () => ({}),
  renew: async call => {
    const { expireTime } = await watch(call);
    if (expireTime !== undefined) return { expireTime };
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('expiration is not a time'));
  },
  remove: async call => {
    await call.fetch(`${call.endpoints.api}/gmail/v1/users/me/stop`, { method: 'POST' });
  },
};

async function watch(call: ProviderCall): Promise<MadeSubscription & { readonly expireTime: Date }> {
  const url = `${call.endpoints.api}/gmail/v1/users/me/watch`;
  const { body } = await call.fetch(url, { method: 'POST', json: { topicName: call.app?.fields.push_topic } });
  const expiration = Number(at(body, 'expiration'));
  if (Number.isSafeInteger(expiration) && expiration > 0) return { id: 'watch', expireTime: new Date(expiration) };
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('expiration is not a time'));
}
