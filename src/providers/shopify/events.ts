import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';
import { eventNameOf, topics } from './topics.ts';

/** Source: shopify.dev, verify webhooks: HMAC-SHA256 of the body with the app’s client secret, base64. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the app, those of its configuration and those that the service makes in each shop',
      signature: 'hmac-sha256',
      secret: 'PLATFORM_APP',
      secretField: 'client_secret',
    },
    {
      suffix: 'shop',
      description: 'Webhooks made in the shop’s admin',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'x-shopify-webhook-id',
  verify: hmac({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  parse,
};

/** Topic, shop and ids stand in headers, which the signature does not cover; nobody else gets to see a signed body. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const { headers, body } = verified;
  const payload = jsonBody(verified);
  const topic = readString(headers['x-shopify-topic'], 'x-shopify-topic');
  if (!/^[a-z0-9_]{1,64}[/.][a-z0-9_]{1,64}$/.test(topic)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('x-shopify-topic is not a topic'));
  }
  const shop = headers['x-shopify-shop-domain'] ?? '';
  // The same in every repeat and for each subscription to the topic.
  const event = headers['x-shopify-event-id'];
  const key = event === undefined || event === '' ? bodyKey(body) : event;
  const occurTime = momentOf(headers['x-shopify-triggered-at']) ?? momentOf(payload.updated_at);
  const isEnd = topic === 'app/uninstalled';
  return [
    {
      eventType: eventNameOf(topic),
      schemaVersion: 1,
      deliveryKey: `${key}/${topic}`,
      semanticKey: `${key}/${topic}`,
      ...objectOf(topic.split(/[/.]/)[0], payload.id ?? payload.admin_graphql_api_id),
      accountId: shop,
      ...(occurTime !== undefined && { occurTime }),
      payload,
      meta: metaOf({
        shop,
        id: payload.id,
        name: payload.name ?? payload.title,
        status: payload.financial_status ?? payload.status,
        customer: at(payload.customer, 'id'),
      }),
      ...(isEnd && {
        lifecycle: { kind: 'ENDED', authKind: 'OAUTH2', ...(occurTime && { time: occurTime }) } as const,
      }),
    },
  ];
}

const id = { id: field(['integer', 'string', 'null'], 'Id') };
const common = {
  ...id,
  admin_graphql_api_id: field('string', 'Id in the GraphQL API'),
  created_at: field(['string', 'null'], 'When it was made'),
  updated_at: field(['string', 'null'], 'When it last changed'),
};
const more: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  orders: {
    name: field('string', 'Number as people see it'),
    email: field(['string', 'null'], 'Address of the customer'),
    total_price: field('string', 'What is to be paid'),
    currency: field('string', 'Currency'),
    financial_status: field(['string', 'null'], 'Whether it is paid'),
    fulfillment_status: field(['string', 'null'], 'Whether it is sent'),
    line_items: field('array', 'What was ordered'),
    customer: field(['object', 'null'], 'Who ordered'),
    tags: field('string', 'Marks, separated by commas'),
  },
  products: {
    title: field('string', 'Name'),
    status: field('string', 'active, draft or archived'),
    vendor: field(['string', 'null'], 'Maker'),
    product_type: field(['string', 'null'], 'Kind'),
    tags: field('string', 'Marks, separated by commas'),
    variants: field('array', 'Variants'),
  },
  customers: {
    email: field(['string', 'null'], 'Address'),
    first_name: field(['string', 'null'], 'First name'),
    last_name: field(['string', 'null'], 'Last name'),
    tags: field('string', 'Marks, separated by commas'),
  },
  inventory_levels: {
    inventory_item_id: field('integer', 'What is kept'),
    location_id: field('integer', 'Where'),
    available: field(['integer', 'null'], 'How many'),
  },
  refunds: { order_id: field('integer', 'Order'), note: field(['string', 'null'], 'Why') },
  fulfillments: {
    order_id: field('integer', 'Order'),
    status: field('string', 'Status'),
    tracking_numbers: field('array', 'Numbers by which it is followed'),
  },
};
const payloadOf = (object: string): JsonSchema => output([], { ...common, ...more[object] });

const ENDED: readonly string[] = ['app/uninstalled'];

export const eventTypes: readonly EventType[] = topics.map(({ topic, object, verb, scopes }) =>
  eventType(
    eventNameOf(topic),
    ENDED.includes(topic) ? 'The app was taken off the shop.' : `${words(object)}: ${words(verb).toLowerCase()}.`,
    payloadOf(object),
    { scopes },
  ),
);

function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

export const samples = samplesOf(eventTypes, ({ name }) => {
  const object = name.split('.')[1] ?? '';
  const details: Readonly<Record<string, object>> = {
    orders: {
      name: '#1001',
      email: 'ada@acme.example',
      total_price: '414.95',
      currency: 'EUR',
      financial_status: 'paid',
    },
    products: { title: 'Cup', status: 'active', variants: [] },
    customers: { email: 'ada@acme.example', first_name: 'Ada', last_name: 'Lovelace', tags: '' },
    inventory_levels: { inventory_item_id: 808_950_810, location_id: 905_684_977, available: 4 },
  };
  const time = '2026-05-04T03:02:01.000Z';
  return {
    payload: { id: 820_982_911, created_at: time, updated_at: time, ...details[object] },
    meta: { shop: 'sample.myshopify.com', id: '820982911' },
  };
});
