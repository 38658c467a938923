import type { Delivery, ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonList } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { hmac } from '../kit/hmac.ts';
import { metaOf, objectOf } from '../kit/meta.ts';
import { readId, readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { momentIn } from '../kit/verification.ts';
import type { JsonSchema } from '../provider.ts';

const TIME = 'x-hubspot-request-timestamp';

/** Source: developers.hubspot.com, validating requests, version 3: method, address, body and time. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the public app',
      signature: 'hubspot-v3',
      secret: 'PLATFORM_APP',
      secretField: 'client_secret',
    },
  ],
  verify: hmac({
    header: 'x-hubspot-signature-v3',
    encoding: 'base64',
    signed: ({ url, headers, body }: Delivery) =>
      url === undefined || headers[TIME] === undefined ? undefined : ['POST', url, body, headers[TIME]],
    timestamp: ({ headers }) => momentIn(headers[TIME], 'milliseconds'),
  }),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  return jsonList(verified, 1_000).map((given, index) => {
    const event = readObject(given, `[${index}]`);
    const type = readString(event.subscriptionType, 'subscriptionType');
    const name = type.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
    if (!/^[a-z][a-z_]{0,63}\.[a-z][a-z_]{0,63}$/.test(name)) {
      throw new ProviderError({ kind: 'invalid_answer' }, new Error('subscriptionType is not a name'));
    }
    const { occurredAt } = event;
    return {
      eventType: `hubspot.${name}`,
      schemaVersion: 1,
      // An event id is unique within its subscription only; a repeat differs in attemptNumber.
      deliveryKey: `${readId(event.eventId, 'eventId')}/${readId(event.subscriptionId, 'subscriptionId')}`,
      ...objectOf(name.split('.')[0], event.objectId ?? event.primaryObjectId ?? event.fromObjectId),
      accountId: readId(event.portalId, 'portalId'),
      ...(typeof occurredAt === 'number' && Math.abs(occurredAt) < 1e14 && { occurTime: new Date(occurredAt) }),
      payload: event,
      meta: metaOf({
        object: event.objectId,
        property: event.propertyName,
        source: event.changeSource,
        object_type: event.objectTypeId,
      }),
    };
  });
}

const verbs = (a: string) => ({
  creation: `${a} was made.`,
  deletion: `${a} was deleted.`,
  merge: `${a} was merged with another.`,
  restore: `The deletion of ${a.toLowerCase()} was undone.`,
  property_change: `A property of ${a.toLowerCase()} changed.`,
  association_change: `${a} was joined to another object, or parted from one.`,
});

const common: Readonly<Record<string, JsonSchema>> = {
  eventId: field('integer', 'Id of the event within its subscription'),
  subscriptionId: field('integer', 'Subscription it was sent for'),
  portalId: field('integer', 'Account'),
  subscriptionType: field('string', 'What happened'),
  occurredAt: field('integer', 'Milliseconds since 1970'),
  attemptNumber: field('integer', 'How often it was tried before'),
};
const object = { objectId: field('integer', 'Id of the object') };
const more: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  merge: {
    primaryObjectId: field('integer', 'Object that stays'),
    mergedObjectIds: field('array', 'Objects that went into it'),
    newObjectId: field('integer', 'Object that came of it'),
  },
  property_change: {
    ...object,
    propertyName: field('string', 'Name of the property'),
    propertyValue: field('string', 'Its new value'),
  },
  association_change: {
    fromObjectId: field('integer', 'One object'),
    toObjectId: field('integer', 'The other'),
    associationType: field('string', 'How they are joined'),
    associationRemoved: field('boolean', 'Whether they were parted'),
  },
  new_message: { ...object, messageId: field('string', 'Id of the message'), messageType: field('string', 'Kind') },
};
const payload = (verb: string) =>
  output(['eventId', 'subscriptionId', 'portalId', 'subscriptionType', 'occurredAt'], {
    ...common,
    ...(more[verb] ?? object),
  });

const crm = <const Noun extends string>(noun: Noun, a: string, scope: string) =>
  eventTypesOf(`hubspot.${noun}`, verbs(a), payload, { scopes: [scope] });
const { association_change: _, ...productVerbs } = verbs('A product');

/** Source: the subscription types of @hubspot/api-client 13.5. */
export const eventTypes = [
  ...crm('contact', 'A contact', 'crm.objects.contacts.read'),
  ...eventTypesOf('hubspot.contact', { privacy_deletion: 'A contact was deleted for privacy’s sake.' }, payload, {
    scopes: ['crm.objects.contacts.read'],
  }),
  ...crm('company', 'A company', 'crm.objects.companies.read'),
  ...crm('deal', 'A deal', 'crm.objects.deals.read'),
  ...crm('ticket', 'A ticket', 'tickets'),
  ...crm('line_item', 'A line of a deal', 'crm.objects.line_items.read'),
  ...eventTypesOf('hubspot.product', productVerbs, payload, { scopes: ['e-commerce'] }),
  ...eventTypesOf('hubspot.object', verbs('An object of another kind'), payload),
  ...eventTypesOf(
    'hubspot.conversation',
    {
      creation: 'A conversation began.',
      deletion: 'A conversation was deleted.',
      privacy_deletion: 'A conversation was deleted for privacy’s sake.',
      property_change: 'A property of a conversation changed.',
      new_message: 'Somebody wrote in a conversation.',
    },
    payload,
    { scopes: ['conversations.read'] },
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, noun = '', verb = ''] = name.split('.');
  const camel = verb.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  const details = {
    merge: { primaryObjectId: 512, mergedObjectIds: [513], newObjectId: 514, numberOfPropertiesMoved: 3 },
    property_change: { objectId: 512, propertyName: 'lifecyclestage', propertyValue: 'customer' },
    association_change: {
      fromObjectId: 512,
      toObjectId: 777,
      associationType: 'CONTACT_TO_COMPANY',
      associationRemoved: false,
      isPrimaryAssociation: true,
    },
    new_message: { objectId: 512, messageId: 'sample-message', messageType: 'MESSAGE' },
  }[verb] ?? { objectId: 512 };
  return {
    payload: {
      eventId: 3_816_279_340,
      subscriptionId: 25,
      portalId: 33,
      appId: 1_160_452,
      occurredAt: 1_777_863_721_000,
      subscriptionType: `${noun}.${camel}`,
      attemptNumber: 0,
      changeSource: 'CRM_UI',
      ...details,
    },
    meta: { source: 'CRM_UI' },
  };
});
