import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { ALL, EVENTS, READING } from './auth.ts';

const calendar = picked('google_calendar.calendar', text('Calendar id', 254));
const event = picked('google_calendar.event', text('Event id', 1_024, { pattern: '^[A-Za-z0-9_@.-]+$' }), {
  calendar: 'calendar',
});
const moment = (what: string) => text(what, 40, { format: 'date-time' });
const day = (what: string) => text(what, 10, { format: 'date' });
const email = text('E-mail address', 254, { format: 'email' });
const page = {
  max_results: integer('At most', 1, 2_500),
  page_token: text('`nextPageToken` of the page before', 1_024),
};
const told = choice('Who is told by e-mail', ['all', 'externalOnly', 'none']);

const anEvent = output(['id', 'status'], {
  id: field('string', 'Event id'),
  status: field('string', 'confirmed, tentative or cancelled'),
  summary: field('string', 'Title'),
  start: field('object', 'date, or dateTime and timeZone'),
  end: field('object', 'date, or dateTime and timeZone'),
  htmlLink: field('string', 'Page of the event'),
  hangoutLink: field('string', 'Where the call is'),
  attendees: field('array', 'Who is invited: email, responseStatus'),
  organizer: field('object', 'Who invites'),
  recurrence: field('array', 'Rules by which it repeats'),
});
const aCalendar = output(['id', 'summary'], {
  id: field('string', 'Calendar id'),
  summary: field('string', 'Name'),
  timeZone: field('string', 'Time zone'),
});
const list = (what: string, of: JsonSchema) =>
  output(['items'], {
    items: field('array', what, { items: of }),
    nextPageToken: field('string', 'Begins the next page'),
  });

const details = {
  description: text('Text, HTML allowed', 8_192),
  location: text('Place', 1_024),
  attendees: listOf('Who is invited', email, 200),
  time_zone: text('Time zone, for example Europe/Lisbon', 64),
  recurrence: listOf('Rules of RFC 5545 by which it repeats', text('For example RRULE:FREQ=WEEKLY', 512), 10),
  with_call: flag('Whether a Meet call is made for it'),
  reminder_minutes: listOf('Reminders, so many minutes before', integer('Minutes', 0, 40_320), 5),
  transparency: choice('Whether it takes up time', ['opaque', 'transparent']),
  visibility: choice('Who may see it', ['default', 'public', 'private', 'confidential']),
  color_id: text('Colour, 1 to 11', 2, { pattern: '^([1-9]|1[01])$' }),
  send_updates: told,
};
const reads = { effect: READS, scopes: [EVENTS] };
const sets = { effect: SETS, scopes: [EVENTS] };
const adds = { effect: ADDS, scopes: [EVENTS] };

export const actions: readonly Action[] = [
  action('google_calendar.event.create', 'Create an event', 'Makes an event with a beginning and an end.', {
    ...adds,
    needs: { calendar, summary: text('Title', 1_024), start: moment('When it begins'), end: moment('When it ends') },
    takes: details,
    gives: anEvent,
  }),
  action('google_calendar.event.create_all_day', 'Create a whole-day event', 'Makes an event of one day or several.', {
    ...adds,
    needs: { calendar, summary: text('Title', 1_024), start: day('First day'), end: day('Day after the last') },
    takes: details,
    gives: anEvent,
  }),
  action('google_calendar.event.quick_add', 'Create an event from text', 'Makes an event of a sentence.', {
    ...adds,
    needs: { calendar, text: text('For example: Lunch with Ada tomorrow at noon', 1_024) },
    takes: { send_updates: told },
    gives: anEvent,
  }),
  action('google_calendar.event.get', 'Get an event', 'Reads an event.', {
    ...reads,
    needs: { calendar, event },
    gives: anEvent,
  }),
  action('google_calendar.event.list', 'Find events', 'Finds events by time and words.', {
    ...reads,
    needs: { calendar },
    takes: {
      time_min: moment('Only those that end later'),
      time_max: moment('Only those that begin sooner'),
      q: text('Words', 512),
      single_events: flag('Whether each time of a repeated event counts'),
      order_by: choice('Order; startTime needs single events', ['startTime', 'updated']),
      ...page,
    },
    gives: list('Events', anEvent),
  }),
  action('google_calendar.event.list_instances', 'List repetitions', 'Reads the single times of a repeated event.', {
    ...reads,
    needs: { calendar, event },
    takes: { time_min: moment('Only later ones'), time_max: moment('Only sooner ones'), ...page },
    gives: list('Events', anEvent),
  }),
  action('google_calendar.event.update', 'Update an event', 'Changes the given fields of an event.', {
    ...sets,
    needs: { calendar, event },
    takes: {
      summary: text('Title', 1_024),
      start: moment('When it begins'),
      end: moment('When it ends'),
      ...details,
    },
    atLeast: 3,
    gives: anEvent,
  }),
  action('google_calendar.event.add_attendees', 'Invite people', 'Invites further people to an event.', {
    ...sets,
    needs: { calendar, event, attendees: listOf('Who is invited', email, 200) },
    takes: { send_updates: told },
    gives: anEvent,
  }),
  action('google_calendar.event.respond', 'Answer an invitation', 'Says whether the account comes.', {
    ...sets,
    needs: { calendar, event, response: choice('Answer', ['accepted', 'declined', 'tentative']) },
    takes: { comment: text('Text for who invites', 1_024), send_updates: told },
    gives: anEvent,
  }),
  action('google_calendar.event.move', 'Move an event', 'Puts an event into another calendar.', {
    ...sets,
    needs: {
      calendar,
      event,
      destination: picked('google_calendar.calendar', text('Calendar it goes to', 254)),
    },
    takes: { send_updates: told },
    gives: anEvent,
  }),
  action('google_calendar.event.delete', 'Delete an event', 'Deletes an event, and all of them where it repeats.', {
    effect: REMOVES,
    scopes: [EVENTS],
    needs: { calendar, event },
    takes: { send_updates: told },
    gives: done,
  }),
  action('google_calendar.free_busy.query', 'Find free time', 'Reads when calendars are taken.', {
    effect: READS,
    scopes: [READING],
    needs: {
      calendars: picked('google_calendar.calendar', listOf('Calendars', text('Calendar id', 254), 50)),
      time_min: moment('From'),
      time_max: moment('Until'),
    },
    takes: { time_zone: details.time_zone },
    gives: output(['calendars'], { calendars: field('object', 'By calendar: `busy`, a list of start and end') }),
  }),
  action('google_calendar.calendar.list', 'List calendars', 'Reads the account’s list of calendars.', {
    effect: READS,
    scopes: [READING],
    takes: { max_results: integer('At most', 1, 250), page_token: page.page_token },
    gives: list('Calendars', aCalendar),
  }),
  action('google_calendar.calendar.get', 'Get a calendar', 'Reads name and time zone of a calendar.', {
    effect: READS,
    scopes: [READING],
    needs: { calendar },
    gives: aCalendar,
  }),
  action('google_calendar.calendar.create', 'Create a calendar', 'Makes a calendar.', {
    effect: ADDS,
    scopes: [ALL],
    needs: { summary: text('Name', 254) },
    takes: { description: text('Text', 8_192), time_zone: details.time_zone },
    gives: aCalendar,
  }),
  action('google_calendar.calendar.update', 'Update a calendar', 'Changes the given fields of a calendar.', {
    effect: SETS,
    scopes: [ALL],
    needs: { calendar },
    takes: { summary: text('Name', 254), description: text('Text', 8_192), time_zone: details.time_zone },
    atLeast: 2,
    gives: aCalendar,
  }),
  action('google_calendar.calendar.delete', 'Delete a calendar', 'Deletes a calendar with all its events.', {
    effect: REMOVES,
    scopes: [ALL],
    risk: 'CRITICAL',
    needs: { calendar },
    gives: done,
  }),
  action('google_calendar.calendar.share', 'Share a calendar', 'Lets somebody see or change a calendar.', {
    effect: SETS,
    scopes: [ALL],
    risk: 'HIGH',
    needs: {
      calendar,
      email,
      role: choice('What they may', ['freeBusyReader', 'reader', 'writer', 'owner']),
    },
    takes: { notify: flag('Whether they get an e-mail') },
    gives: output(['id', 'role'], { id: field('string', 'Rule'), role: field('string', 'What they may') }),
  }),
  action('google_calendar.calendar.unshare', 'Stop sharing a calendar', 'Takes a permission away.', {
    effect: REMOVES,
    scopes: [ALL],
    needs: { calendar, email },
    gives: done,
  }),
];
