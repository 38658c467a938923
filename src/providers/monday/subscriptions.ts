import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray, readId } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import type { ProviderCall } from '../provider.ts';
import type { HeldSubscription, Subscriptions } from '../subscription.ts';
import { urlOf } from './auth.ts';
import { eventTypes, KINDS } from './event_types.ts';

const MAX_TARGETS = 200;

/**
 * monday makes one webhook for each kind of event: a board's are made in one request, and kept as one. Only those of the
 * app are signed. Source: developer.monday.com/api-reference/reference/webhooks.
 */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2'],
  scopes: ['webhooks:read', 'webhooks:write', 'boards:read'],
  endpoint: '',
  address: 'OWN',
  secret: 'APP',
  targets: async call => {
    const text = `query Targets { boards(limit: ${MAX_TARGETS}, state: active, order_by: used_at) { id name } }`;
    const data = await graphql(call, urlOf(call), text);
    return readArray(data.boards, 'boards').map(board => {
      const key = readId(at(board, 'id'), 'id');
      return { key, label: optionalString(at(board, 'name')) ?? key, eventTypes: eventTypes.map(({ name }) => name) };
    });
  },
  create: async (call, { target, url }) => {
    const made = KINDS.map(
      ({ event }, index) => `made${index}: create_webhook(board_id: $board, url: $url, event: ${event}) { id }`,
    );
    const text = `mutation CreateWebhooks($board: ID!, $url: String!) { ${made.join(' ')} }`;
    const data = await graphql(call, urlOf(call), text, { board: target.key, url });
    const ids = KINDS.map((_, index) => readId(at(data, `made${index}`, 'id'), `made${index}.id`));
    return { id: ids[0] ?? '', handle: { ids: ids.join(',') } };
  },
  check: async (call, held) => {
    const text = 'query Webhooks($board: ID!) { webhooks(board_id: $board, app_webhooks_only: true) { id } }';
    const data = await graphql(call, urlOf(call), text, { board: held.target.key });
    const standing = new Set(readArray(data.webhooks, 'webhooks').map(hook => readId(at(hook, 'id'), 'id')));
    const ids = idsOf(held);
    if (!ids.some(id => standing.has(id))) return 'GONE';
    return ids.every(id => standing.has(id)) ? {} : 'STOPPED';
  },
  // One by one: a webhook that is gone must not keep the others.
  remove: async (call, held) => {
    for (const id of idsOf(held)) await removeOne(call, id);
  },
};

function idsOf({ handle }: HeldSubscription): readonly string[] {
  return (handle.ids ?? '').split(',').filter(id => /^\d{1,18}$/.test(id));
}

async function removeOne(call: ProviderCall, id: string): Promise<void> {
  try {
    await graphql(call, urlOf(call), 'mutation DeleteWebhook($id: ID!) { delete_webhook(id: $id) { id } }', { id });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.failure.kind !== 'not_found') throw error;
  }
}
