import type { ParsedEvent } from '../delivery.ts';
import { eventType, eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { metaOf, momentOf } from '../kit/meta.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

/** Objects that are followed, and how the names of their events begin. */
export const OBJECTS: Readonly<Record<string, { readonly noun: string; readonly a: string }>> = {
  Account: { noun: 'account', a: 'An account' },
  Contact: { noun: 'contact', a: 'A contact' },
  Lead: { noun: 'lead', a: 'A lead' },
  Opportunity: { noun: 'opportunity', a: 'A deal' },
  Case: { noun: 'case', a: 'A case' },
  Task: { noun: 'task', a: 'A task' },
  Event: { noun: 'event', a: 'An event of a calendar' },
  Campaign: { noun: 'campaign', a: 'A campaign' },
  CampaignMember: { noun: 'campaign_member', a: 'A member of a campaign' },
  Contract: { noun: 'contract', a: 'A contract' },
  Order: { noun: 'order', a: 'An order' },
  Product2: { noun: 'product', a: 'A product' },
};

const record = output(['Id'], {
  Id: field('string', 'Record id'),
  Name: field(['string', 'null'], 'Name'),
  OwnerId: field(['string', 'null'], 'User it belongs to'),
  CreatedDate: field('string', 'When it was made'),
  CreatedById: field('string', 'User who made it'),
  LastModifiedDate: field('string', 'When it last changed'),
  LastModifiedById: field('string', 'User who changed it'),
  SystemModstamp: field('string', 'When it last changed, by whatever'),
  IsDeleted: field('boolean', 'Whether it is in the recycle bin'),
});

/** Found by reading: webhooks there are none. */
export const eventTypes: readonly EventType[] = [
  ...Object.values(OBJECTS).flatMap(({ noun, a }) =>
    eventTypesOf(
      `salesforce.${noun}`,
      { create: `${a} was made.`, update: `${a} changed.`, delete: `${a} was deleted.` },
      record,
      { scopes: ['api'] },
    ),
  ),
  // They come over gRPC (Pub/Sub API), which is not there yet.
  eventType('salesforce.platform_event.published', 'A platform event was published.', output([], {}), {
    scopes: ['api'],
    runtimeState: 'PLANNED',
  }),
];

/** A change of a record, read after `since`. */
export function recordEvent(object: string, given: Json, since: string): ParsedEvent {
  const { attributes: _, ...payload } = given;
  const id = readString(payload.Id, 'Id');
  const stamp = readString(payload.SystemModstamp, 'SystemModstamp');
  const made = momentOf(payload.CreatedDate);
  const known = momentOf(since);
  const isNew = made !== undefined && known !== undefined && made > known;
  const verb = payload.IsDeleted === true ? 'delete' : isNew ? 'create' : 'update';
  const occurTime = momentOf(stamp);
  return {
    eventType: `salesforce.${OBJECTS[object]?.noun ?? 'record'}.${verb}`,
    schemaVersion: 1,
    deliveryKey: `${id}/${stamp}/${verb}`,
    objectKey: id,
    accountId: '',
    ...(occurTime !== undefined && { occurTime }),
    payload,
    meta: metaOf({
      record: id,
      name: optionalString(payload.Name),
      owner: payload.OwnerId,
      by: payload.LastModifiedById,
    }),
  };
}

export const samples = samplesOf(eventTypes, ({ name }) => {
  const verb = name.split('.')[2];
  const time = '2026-05-04T03:02:01.000+0000';
  const payload = {
    Id: '001SAMPLE000000001',
    Name: 'Acme',
    OwnerId: '005SAMPLE000000001',
    CreatedDate: verb === 'create' ? time : '2026-01-05T10:00:00.000+0000',
    LastModifiedDate: time,
    SystemModstamp: time,
    IsDeleted: verb === 'delete',
  };
  return { payload, meta: { record: payload.Id, owner: payload.OwnerId } };
});
