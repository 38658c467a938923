import type { Webhook } from '../delivery.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { sharedToken } from '../kit/plain_token.ts';
import { field, output } from '../kit/schema.ts';
import { EVENTS, READING } from './auth.ts';
import { slice } from './slice.ts';

/**
 * A message has no body and says only that there is something to read: see feed.ts. It brings back the token we gave.
 * Source: developers.google.com/workspace/calendar/api/guides/push.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Channels for the events of the account’s calendars',
      signature: 'shared-token',
      secret: 'SUBSCRIPTION',
      secretField: 'token',
    },
  ],
  deliveryHeader: 'x-goog-message-number',
  verify: sharedToken(({ headers }) => headers['x-goog-channel-token']),
  parse: () => [],
};

const event = output(['id', 'status', 'calendarId'], {
  calendarId: field('string', 'Calendar it is in'),
  ...slice.sent('event'),
});

/** Of a deleted event nothing but its id is sure to be told. */
export const eventTypes = eventTypesOf(
  'google_calendar.event',
  {
    created: 'An event was put into a calendar.',
    updated: 'An event changed: its time, its text, somebody’s answer.',
    deleted: 'An event was deleted or cancelled.',
  },
  event,
  { scopes: [EVENTS, READING] },
);

export const samples = samplesOf(eventTypes, ({ name }) => {
  const verb = name.split('.')[2];
  const calendarId = 'ada@acme.example';
  const details = {
    summary: 'Checkout review',
    start: { dateTime: '2026-05-05T10:00:00Z' },
    end: { dateTime: '2026-05-05T11:00:00Z' },
    created: verb === 'created' ? '2026-05-04T03:02:01.000Z' : '2026-01-05T10:00:00.000Z',
    updated: '2026-05-04T03:02:01.000Z',
    organizer: { email: calendarId, self: true },
    attendees: [{ email: 'grace@globex.example', responseStatus: 'needsAction' }],
  };
  const status = verb === 'deleted' ? 'cancelled' : 'confirmed';
  return { payload: { id: 'sampleevent0001', calendarId, status, ...details }, meta: { calendar: calendarId } };
});
