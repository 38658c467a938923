import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import type { ProviderCall } from '../provider.ts';
import type { MadeSubscription, Subscriptions } from '../subscription.ts';
import { ask } from './auth.ts';
import { ALLOWED, eventTypes } from './events.ts';

const ID = 'webhook';

/** A bot has one webhook: setting one takes the place of what was there. */
export const subscriptions: Subscriptions = {
  authKinds: ['BOT_TOKEN'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'OURS',
  targets: async () => [{ key: 'bot', label: 'Bot', eventTypes: eventTypes.map(({ name }) => name) }],
  create: async (call, { url, secret }) => {
    await ask(call, 'setWebhook', { url, secret_token: secret, allowed_updates: ALLOWED });
    return madeAt(url);
  },
  find: async (call, { url }) => ((await addressOf(call)) === url ? [madeAt(url)] : []),
  check: async (call, { handle }) => ((await addressOf(call)) === handle.url ? {} : 'GONE'),
  // What was set meanwhile, by us or by others, stays.
  remove: async (call, { handle }) => {
    if ((await addressOf(call)) !== handle.url)
      throw new ProviderError({ kind: 'not_found' }, new Error('another webhook is set'));
    await ask(call, 'deleteWebhook');
  },
};

function madeAt(url: string): MadeSubscription {
  return { id: ID, handle: { url } };
}

async function addressOf(call: ProviderCall): Promise<unknown> {
  return at(await ask(call, 'getWebhookInfo'), 'url');
}
