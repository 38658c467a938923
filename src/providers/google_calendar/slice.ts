import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Calendar’s objects mean that do not say so themselves. */
const TEXTS = {
  attendees: 'Who is invited',
  calendars: 'By calendar: `busy`, a list of start and end',
  created: 'When it was made',
  end: 'date, or dateTime and timeZone',
  hangoutLink: 'Where the call is',
  htmlLink: 'Page of the event',
  location: 'Place',
  organizer: 'Who invites',
  primary: 'Whether it is the account’s own',
  recurrence: 'Rules by which it repeats',
  recurringEventId: 'Of one time of a repeated event: that event',
  responseStatus: 'needsAction, declined, tentative or accepted',
  role: 'What they may',
  start: 'date, or dateTime and timeZone',
  status: 'confirmed, tentative or cancelled',
  summary: 'Title',
  timeZone: 'Time zone',
  updated: 'When it last changed',
};

/** Cut out of Google’s discovery document of the Calendar API. */
export const slice = openSlice(schemas, TEXTS);
