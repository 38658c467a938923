import type { Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { hmac } from '../kit/hmac.ts';
import { at } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';

/** A delivery only says that there is something to read: see feed.ts. Source: airtable.com/developers/web/api, webhooks. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the bases that were granted',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'macSecretBase64',
    },
  ],
  verify: hmac({
    header: 'x-airtable-content-mac',
    prefix: 'hmac-sha256=',
    key: secret => Buffer.from(secret, 'base64'),
  }),
  parse: verified => {
    const body = jsonBody(verified);
    readString(at(body.base, 'id'), 'base.id');
    readString(at(body.webhook, 'id'), 'webhook.id');
    return [];
  },
};

const change = (object: string) =>
  output(['base', 'timestamp'], {
    base: field('string', 'Base id'),
    table: field('string', 'Table id'),
    [object]: field('string', `${object[0]?.toUpperCase()}${object.slice(1)} id`),
    timestamp: field('string', 'When it happened'),
    source: field('string', 'Where the change came from: client, publicApi, automation, ...'),
    user: field('string', 'Who did it'),
    values: field('object', 'Values by field id, as they are now'),
    previous: field('object', 'Values by field id that changed, as they were'),
    name: field('string', 'Name'),
  });
const verbs = (a: string) => ({
  created: `${a} was made.`,
  updated: `${a} changed.`,
  deleted: `${a} was deleted.`,
});

export const eventTypes = [
  ...eventTypesOf('airtable.record', verbs('A record'), change('record'), { scopes: ['data.records:read'] }),
  ...eventTypesOf('airtable.table', verbs('A table'), change('table'), { scopes: ['schema.bases:read'] }),
  ...eventTypesOf('airtable.field', verbs('A field'), change('field'), { scopes: ['schema.bases:read'] }),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const payload = {
    base: 'appSample000000001',
    table: 'tblSample000000001',
    ...(object !== 'table' && { [object]: `${object.slice(0, 3)}Sample000000001` }),
    timestamp: '2026-05-04T03:02:01.000Z',
    source: 'client',
    user: 'usrSample000000001',
    ...(object === 'record' && verb !== 'deleted' && { values: { fldSample000000001: 'Checkout' } }),
  };
  return { payload, meta: { base: payload.base, table: payload.table } };
});
