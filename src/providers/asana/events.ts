import { Secret } from '../../secret.ts';
import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { headerEcho } from '../kit/handshakes.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readArray, readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { slice } from './slice.ts';

/** Source: developers.asana.com/docs/webhooks: a handshake with X-Hook-Secret, then batches signed with it. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the projects that the connected person can see',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'x-hook-secret',
    },
  ],
  greeting: headerEcho('x-hook-secret'),
  tellsSecret: ({ headers }) => {
    const secret = headers['x-hook-secret'];
    return secret === undefined || secret.length < 16 ? undefined : new Secret(secret);
  },
  verify: hmac({ header: 'x-hook-signature' }),
  parse,
};

/** More than a batch ever held. */
const MAX_EVENTS = 1_000;

/** An empty batch is a sign of life. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const events = readArray(jsonBody(verified).events, 'events');
  if (events.length > MAX_EVENTS) throw new ProviderError({ kind: 'invalid_answer' }, new Error('too many events'));
  return events.map((given, index) => {
    const event = readObject(given, `events[${index}]`);
    const resource = readObject(event.resource, 'resource');
    const object = nameOf(resource.resource_type, 'resource.resource_type');
    const occurTime = momentOf(event.created_at);
    return {
      eventType: `asana.${object}.${nameOf(event.action, 'action')}`,
      schemaVersion: 1,
      // Asana numbers neither deliveries nor events: a repeat has the same text.
      deliveryKey: bodyKey(Buffer.from(JSON.stringify(event))),
      ...objectOf(object, resource.gid),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: event,
      meta: metaOf({
        resource: resource.gid,
        parent: at(event.parent, 'gid'),
        user: at(event.user, 'gid'),
        field: at(event.change, 'field'),
      }),
    };
  });
}

function nameOf(value: unknown, path: string): string {
  const name = readString(value, path);
  if (/^[a-z][a-z0-9_]{0,63}$/.test(name)) return name;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error(`${path} is not a name`));
}

const happening = slice.sent('event', ['user', 'resource', 'parent', 'created_at']);
const change = slice.sent('event', ['change']);

const payload = (verb: string) =>
  output(['action', 'resource', 'created_at'], {
    action: field('string', 'What happened', { const: verb }),
    ...happening,
    ...(verb === 'changed' && change),
  });

/** Of each object that project webhooks tell of: what Asana calls the happening, and what it means. */
const verbs = (a: string, into: string) => ({
  added: `${a} was made or put into ${into}.`,
  changed: `A field of ${a.toLowerCase()} changed.`,
  removed: `${a} was taken out of ${into}.`,
  deleted: `${a} was deleted.`,
  undeleted: `A deletion of ${a.toLowerCase()} was undone.`,
});

export const eventTypes = [
  ...eventTypesOf('asana.task', verbs('A task', 'a project or section'), payload, { scopes: ['tasks:read'] }),
  ...eventTypesOf('asana.project', verbs('A project', 'a portfolio'), payload, {
    scopes: ['projects:read'],
  }),
  ...eventTypesOf('asana.section', verbs('A section', 'a project'), payload),
  ...eventTypesOf('asana.story', verbs('A comment or note', 'a task'), payload, { scopes: ['stories:read'] }),
  ...eventTypesOf('asana.attachment', verbs('A file', 'a task'), payload, {
    scopes: ['attachments:read'],
  }),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', action = ''] = name.split('.');
  const happening = {
    user: { gid: '1200000000000001', resource_type: 'user' },
    created_at: '2026-05-04T03:02:01.000Z',
    action,
    resource: { gid: '1200000000000077', resource_type: object },
    parent: action === 'added' ? { gid: '1200000000000050', resource_type: 'project' } : null,
    ...(action === 'changed' && { change: { field: 'name', action: 'changed' } }),
  };
  return { payload: happening, meta: { resource: '1200000000000077', user: '1200000000000001' } };
});
