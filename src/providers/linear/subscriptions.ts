import { ProviderError } from '../kit/error.ts';
import { readArray, readObject, readString } from '../kit/read.ts';
import { graphql } from '../kit/relay.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions } from '../subscription.ts';
import { backfill } from './backfill.ts';
import { eventTypes, RESOURCES } from './events.ts';

/** Webhooks of a workspace, for those who connect by key: an OAuth application has one of its own for all. */
export const subscriptions: Subscriptions = {
  authKinds: ['API_KEY'],
  // A key may do what its owner may: webhooks take an administrator.
  scopes: [],
  endpoint: 'workspace',
  address: 'OWN',
  secret: 'OURS',
  targets: async () => {
    const told = eventTypes.filter(({ runtimeState }) => runtimeState === 'ACTIVE');
    return [{ key: 'workspace', label: 'the workspace', eventTypes: told.map(({ name }) => name) }];
  },
  create: async (call, { url, secret }) => {
    const input = { label: 'Mobius', url, secret, enabled: true, resourceTypes: RESOURCES, allPublicTeams: true };
    const data = await ask(
      call,
      'mutation MakeWebhook($input: WebhookCreateInput!) { webhookCreate(input: $input) { success webhook { id } } }',
      { input },
    );
    const { webhook } = readObject(data.webhookCreate, 'webhookCreate');
    return { id: readString(readObject(webhook, 'webhook').id, 'webhook.id') };
  },
  find: async (call, { url }) => {
    const data = await ask(call, 'query Webhooks { webhooks(first: 250) { nodes { id url } } }');
    const nodes = readArray(readObject(data.webhooks, 'webhooks').nodes, 'nodes');
    return nodes
      .map((node, i) => readObject(node, `nodes[${i}]`))
      .filter(node => node.url === url)
      .map(({ id }) => ({ id: readString(id, 'webhook.id') }));
  },
  /** Linear switches a webhook off whose deliveries fail for long. */
  check: async (call, { id }) => {
    const data = await ask(call, 'query Webhook($id: String!) { webhook(id: $id) { id enabled } }', { id });
    return readObject(data.webhook, 'webhook').enabled === false ? 'STOPPED' : {};
  },
  remove: async (call, { id }) => {
    const mutation = 'mutation RemoveWebhook($id: String!) { webhookDelete(id: $id) { success } }';
    const data = await ask(call, mutation, { id });
    if (readObject(data.webhookDelete, 'webhookDelete').success !== true) {
      throw new ProviderError({ kind: 'rejected' }, new Error('the webhook was not removed'));
    }
  },
  backfill,
};

function ask(call: ProviderCall, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  return graphql(call, `${call.endpoints.api}/graphql`, query, variables);
}
