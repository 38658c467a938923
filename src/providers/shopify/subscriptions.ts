import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray, readString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Subscriptions, Target } from '../subscription.ts';
import { admin, changed } from './admin.ts';
import { withReading } from './auth.ts';
import { eventNameOf, topics } from './topics.ts';

/** That the app was taken off the shop, and what the law demands, Shopify tells by the app’s configuration, at its endpoint. */
const OF_THE_APP: readonly string[] = [
  'app/uninstalled',
  'app/scopes_update',
  'customers/data_request',
  'customers/redact',
  'shop/redact',
];

/** One webhook a topic that the app may read. Shopify signs them with the app’s client secret. */
export const subscriptions: Subscriptions = {
  authKinds: ['OAUTH2'],
  scopes: [],
  endpoint: '',
  address: 'OWN',
  secret: 'APP',
  targets,
  create: async (call, { target, url }) => {
    const query =
      'mutation Subscribe($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) { ' +
      'webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) { webhookSubscription { id } ' +
      'userErrors { field message } } }';
    const data = await admin(call, query, {
      topic: target.key.toUpperCase().replaceAll(/[/.]/g, '_'),
      webhook: { uri: url, format: 'JSON' },
    });
    const made = changed(data, 'webhookSubscriptionCreate');
    return { id: readString(at(made, 'webhookSubscription', 'id'), 'webhookSubscription.id') };
  },
  find: async (call, { url }) => {
    const query = 'query Find($uri: String!) { webhookSubscriptions(first: 10, uri: $uri) { nodes { id uri } } }';
    const nodes = readArray(at((await admin(call, query, { uri: url })).webhookSubscriptions, 'nodes'), 'nodes');
    return nodes.filter(node => at(node, 'uri') === url).map(node => ({ id: readString(at(node, 'id'), 'id') }));
  },
  check: async (call, { id }) => {
    const data = await admin(call, 'query Check($id: ID!) { webhookSubscription(id: $id) { id } }', { id });
    return at(data.webhookSubscription, 'id') === undefined ? 'GONE' : {};
  },
  checkEveryMs: 6 * 3_600_000,
  remove: async (call, { id }) => {
    const query =
      'mutation Unsubscribe($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId ' +
      'userErrors { message } } }';
    const result = (await admin(call, query, { id })).webhookSubscriptionDelete;
    // One that is gone is named among the mistakes.
    if (at(result, 'deletedWebhookSubscriptionId') === null) {
      throw new ProviderError({ kind: 'not_found' }, new Error('no such webhook'));
    }
  },
};

async function targets(call: ProviderCall): Promise<readonly Target[]> {
  const data = await admin(call, 'query Scopes { currentAppInstallation { accessScopes { handle } } }');
  const scopes = readArray(at(data.currentAppInstallation, 'accessScopes'), 'accessScopes');
  const handles = scopes.map(each => optionalString(at(each, 'handle'))).filter(handle => handle !== undefined);
  const granted = new Set(withReading(handles));
  return topics
    .filter(({ topic, scopes: needed }) => !OF_THE_APP.includes(topic) && needed.every(scope => granted.has(scope)))
    .map(({ topic }) => ({ key: topic, label: topic, eventTypes: [eventNameOf(topic)] }));
}
