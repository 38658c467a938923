import { changeNotices } from '../kit/change_notices.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { at, metaOf } from '../kit/meta.ts';
import { optionalString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';

/** A notice says what changed and not how: the thing itself is read by an action, so that no mail text comes here. */
export const webhook = changeNotices('Subscriptions to mail, calendar and address book of the person', item => {
  const change = optionalString(item.changeType) ?? '';
  const kind = /^#microsoft\.graph\.([a-z]{1,32})$/i.exec(
    optionalString(at(item.resourceData, '@odata.type')) ?? '',
  )?.[1];
  // Lifecycle notices have neither.
  if (!/^[a-z]{1,32}$/.test(change) || kind === undefined) return undefined;
  const id = optionalString(at(item.resourceData, 'id'));
  return {
    eventType: `outlook.${kind.toLowerCase()}.${change}`,
    ...(id !== undefined && { objectKey: id.slice(0, 512) }),
    meta: metaOf({ id, tenant: item.tenantId }),
  };
});

const notice = output(['subscriptionId', 'changeType', 'resource', 'resourceData'], {
  subscriptionId: field('string', 'Subscription it was sent for'),
  changeType: field('string', 'created, updated or deleted'),
  resource: field('string', 'Path by which it is read'),
  resourceData: output(['id', '@odata.type'], {
    id: field('string', 'Id of what changed'),
    '@odata.type': field('string', 'Its kind'),
    '@odata.id': field('string', 'Path by which it is read'),
    '@odata.etag': field('string', 'Version'),
  }),
  tenantId: field('string', 'Organization'),
  subscriptionExpirationDateTime: field('string', 'When the subscription ends'),
});

export const eventTypes = [
  ...eventTypesOf(
    'outlook.message',
    {
      created: 'A message came in, or was drafted or sent.',
      updated: 'A message changed: read, marked, moved, a draft edited.',
      deleted: 'A message was deleted or moved to another folder.',
    },
    notice,
    { scopes: ['Mail.ReadWrite'] },
  ),
  ...eventTypesOf(
    'outlook.event',
    {
      created: 'An event was put into the calendar.',
      updated: 'An event changed: its time, its text, somebody’s answer.',
      deleted: 'An event was deleted.',
    },
    notice,
    { scopes: ['Calendars.ReadWrite'] },
  ),
  ...eventTypesOf(
    'outlook.contact',
    { created: 'A contact was made.', updated: 'A contact changed.', deleted: 'A contact was deleted.' },
    notice,
    { scopes: ['Contacts.ReadWrite'] },
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, kind = '', change = ''] = name.split('.');
  const noun = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
  const resource = `Users/5e6f7a8b-0000-4000-8000-000000000001/${noun}s/AAMkSample`;
  const payload = {
    subscriptionId: '9f9d1ed0-c9cc-42e7-8d80-a7fc4b0cda3c',
    subscriptionExpirationDateTime: '2026-05-07T01:02:01.0000000+00:00',
    changeType: change,
    resource,
    tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
    resourceData: {
      '@odata.type': `#Microsoft.Graph.${noun}`,
      '@odata.id': resource,
      '@odata.etag': 'W/"CQAAABYAAA"',
      id: 'AAMkSample',
    },
  };
  return { payload, meta: { id: 'AAMkSample' } };
});
