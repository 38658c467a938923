import { choice, integer, text } from '../providers/kit/schema.ts';
import type { JsonSchema } from '../providers/provider.ts';
import {
  closed,
  headerName,
  itemName,
  jsonSchema,
  key,
  list,
  parameters,
  pointer,
  scopes,
  sentence,
  title,
} from './schema_parts.ts';

const place = (description: string): JsonSchema => ({
  ...closed([], { header: headerName('Name of a header.'), path: pointer('A place in the body.') }),
  description: `${description} Either a header or a path in the body.`,
  minProperties: 1,
  maxProperties: 1,
});

const signature: JsonSchema = {
  ...closed(['header'], {
    header: headerName('The header with the signature.'),
    algorithm: choice('Of the HMAC. Default: sha256.', ['sha1', 'sha256', 'sha512']),
    encoding: choice('Of the signature. Default: hex.', ['hex', 'base64']),
    prefix: text('What stands before the signature, such as `sha256=`.', 32),
    separator: text('What stands between several signatures in the header; any that fits will do.', 4),
    key: choice('How the secret is written. Default: text.', ['text', 'hex', 'base64']),
    signed: text(
      'What is signed: `{body}` once, and around it what the vendor puts there, among it `{timestamp}` where it signs one, such as `{timestamp}.{body}`. Default: `{body}`.',
      128,
    ),
    timestamp: {
      ...closed(['header'], {
        header: headerName('The header with the time of signing.'),
        unit: choice('Of the time since 1970. Default: seconds.', ['seconds', 'milliseconds']),
        tolerance_seconds: integer('How old a delivery may be. Default: 300.', 30, 86_400),
      }),
      description: 'When it was signed. Left out: the vendor signs no time, and old deliveries can come again.',
    },
  }),
  description: 'How a delivery is signed: an HMAC of its body with a shared secret.',
};

export const webhook: JsonSchema = {
  ...closed(['description', 'secret', 'secret_field', 'signature', 'delivery_id', 'event'], {
    description: sentence('What the webhook is at the vendor, for people who set it up.', 512),
    secret: choice(
      'app: one secret for all projects, in the platform file, and `account` says whose a delivery is; integration: each has its own, which a person enters.',
      ['app', 'integration'],
    ),
    secret_field: key('The field with the secret: of the app, or of a way to connect where it is marked secret.'),
    signature,
    delivery_id: place('What the vendor calls the delivery; a repeat has the same.'),
    event: place('What the vendor calls what happened; see `vendor_names` of event types.'),
    account: pointer('Where the body has the id of the account. Needed with `secret: app`.'),
    object: pointer(
      'Where the body has the id of the object that it is about: what tells of the same one keeps its order.',
    ),
    occurred_at: pointer('Where the body says when it happened, in ISO 8601.'),
    meta: parameters('Fields worth filtering by, and where the body has them.', pointer('A place in the body.')),
  }),
  description: 'Deliveries that the vendor signs and sends as JSON.',
};

const flag = (description: string): JsonSchema => ({ type: 'boolean', description });

export const eventType: JsonSchema = closed(['name', 'vendor_names', 'description', 'payload_schema'], {
  name: itemName('Name of the event type'),
  vendor_names: list('What the vendor calls it in its deliveries.', text('A name.', 128), 20, 1),
  description: sentence('What happened.'),
  schema_version: integer('Of the payload; counts up with changes that break. Default: 1.', 1, 1_000),
  triggerable: flag('Whether automations begin with it. Default: true.'),
  waitable: flag('Whether runs wait for it. Default: true.'),
  scopes,
  payload_schema: jsonSchema('Of the delivery’s body.'),
  withheld: list('Fields of the body that are never kept: `data.token`, `items.*.secret`.', text('A path.', 256), 50),
});

export const sample: JsonSchema = closed(['event_type', 'name', 'description', 'payload'], {
  event_type: itemName('One of the event types'),
  variant: key('Tells the samples of a type apart. Default: default.'),
  name: title('What people see.'),
  description: sentence('What it shows.'),
  payload: { type: 'object', description: 'A body as the vendor sends it. Fits the payload schema.' },
  meta: parameters('As `webhook.meta` takes it from the payload.', { ...text('A value.', 512) }),
});
