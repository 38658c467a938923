import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { ALL, EVENTS, READING } from './auth.ts';
import { slice } from './slice.ts';

const calendar = picked('google_calendar.calendar', text('Calendar id', 254));
const event = picked('google_calendar.event', text('Event id', 1_024, { pattern: '^[A-Za-z0-9_@.-]+$' }), {
  calendar: 'calendar',
});
const email = text('E-mail address', 254, { format: 'email' });
/** What people read about fields that several actions have. */
const paging = { max_results: 'At most', page_token: '`nextPageToken` of the page before' };
const telling = { send_updates: 'Who is told by e-mail' };
const zone = { time_zone: 'Time zone, for example Europe/Lisbon' };
const ofEvent = {
  description: 'Text, HTML allowed',
  location: 'Place',
  ...zone,
  recurrence: 'Rules of RFC 5545 by which it repeats, for example RRULE:FREQ=WEEKLY',
  transparency: 'Whether it takes up time',
  visibility: 'Who may see it',
  color_id: 'Colour, 1 to 11',
  ...telling,
};

const times = { start: 'When it begins', end: 'When it ends' };

const anEvent = slice.object('event');
const aCalendar = slice.object('calendar');
const made = slice.object('made');
const list = (what: string, of: JsonSchema) =>
  output(['items'], {
    items: field('array', what, { items: of }),
    nextPageToken: field('string', 'Begins the next page'),
  });

/** What is no single field at Google. */
const further = {
  attendees: listOf('Who is invited', email, 200),
  with_call: flag('Whether a Meet call is made for it'),
  reminder_minutes: listOf('Reminders, so many minutes before', integer('Minutes', 0, 40_320), 5),
};
const reads = { effect: READS, scopes: [EVENTS] };
const sets = { effect: SETS, scopes: [EVENTS] };
const adds = { effect: ADDS, scopes: [EVENTS] };

export const actions: readonly Action[] = [
  action('google_calendar.event.create', 'Create an event', 'Makes an event with a beginning and an end.', {
    ...adds,
    needs: { calendar, ...slice.fields('event.create', { summary: 'Title', ...times }) },
    takes: { ...slice.fields('event.create', ofEvent), ...further },
    gives: anEvent,
  }),
  action('google_calendar.event.create_all_day', 'Create a whole-day event', 'Makes an event of one day or several.', {
    ...adds,
    needs: {
      calendar,
      ...slice.fields('event.create_all_day', { summary: 'Title', start: 'First day', end: 'Day after the last' }),
    },
    takes: { ...slice.fields('event.create_all_day', ofEvent), ...further },
    gives: anEvent,
  }),
  action('google_calendar.event.quick_add', 'Create an event from text', 'Makes an event of a sentence.', {
    ...adds,
    needs: { calendar, ...slice.fields('event.quick_add', { text: 'For example: Lunch with Ada tomorrow at noon' }) },
    takes: slice.fields('event.quick_add', telling),
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
    takes: slice.fields('event.list', {
      time_min: 'Only those that end later',
      time_max: 'Only those that begin sooner',
      q: 'Words',
      single_events: 'Whether each time of a repeated event counts',
      order_by: 'Order; startTime needs single events',
      ...paging,
    }),
    gives: list('Events', anEvent),
  }),
  action('google_calendar.event.list_instances', 'List repetitions', 'Reads the single times of a repeated event.', {
    ...reads,
    needs: { calendar, event },
    takes: slice.fields('event.list_instances', {
      time_min: 'Only later ones',
      time_max: 'Only sooner ones',
      ...paging,
    }),
    gives: list('Events', anEvent),
  }),
  action('google_calendar.event.update', 'Update an event', 'Changes the given fields of an event.', {
    ...sets,
    needs: { calendar, event },
    takes: { ...slice.fields('event.update', { summary: 'Title', ...times, ...ofEvent }), ...further },
    atLeast: 3,
    gives: anEvent,
  }),
  action('google_calendar.event.add_attendees', 'Invite people', 'Invites further people to an event.', {
    ...sets,
    needs: { calendar, event, attendees: further.attendees },
    takes: slice.fields('event.add_attendees', telling),
    gives: anEvent,
  }),
  action('google_calendar.event.respond', 'Answer an invitation', 'Says whether the account comes.', {
    ...sets,
    needs: { calendar, event, ...slice.fields('event.respond', { response: 'Answer' }) },
    takes: slice.fields('event.respond', { comment: 'Text for who invites', ...telling }),
    gives: anEvent,
  }),
  action('google_calendar.event.move', 'Move an event', 'Puts an event into another calendar.', {
    ...sets,
    needs: {
      calendar,
      event,
      destination: picked('google_calendar.calendar', text('Calendar it goes to', 254)),
    },
    takes: slice.fields('event.move', telling),
    gives: anEvent,
  }),
  action('google_calendar.event.delete', 'Delete an event', 'Deletes an event, and all of them where it repeats.', {
    effect: REMOVES,
    scopes: [EVENTS],
    needs: { calendar, event },
    takes: slice.fields('event.delete', telling),
    gives: done,
  }),
  action('google_calendar.free_busy.query', 'Find free time', 'Reads when calendars are taken.', {
    effect: READS,
    scopes: [READING],
    needs: {
      calendars: picked('google_calendar.calendar', listOf('Calendars', text('Calendar id', 254), 50)),
      ...slice.fields('free_busy.query', { time_min: 'From', time_max: 'Until' }),
    },
    takes: slice.fields('free_busy.query', zone),
    gives: slice.object('free_busy'),
  }),
  action('google_calendar.calendar.list', 'List calendars', 'Reads the account’s list of calendars.', {
    effect: READS,
    scopes: [READING],
    takes: slice.fields('calendar.list', paging),
    gives: list('Calendars', aCalendar),
  }),
  action('google_calendar.calendar.get', 'Get a calendar', 'Reads name and time zone of a calendar.', {
    effect: READS,
    scopes: [READING],
    needs: { calendar },
    gives: made,
  }),
  action('google_calendar.calendar.create', 'Create a calendar', 'Makes a calendar.', {
    effect: ADDS,
    scopes: [ALL],
    needs: slice.fields('calendar.create', { summary: 'Name' }),
    takes: slice.fields('calendar.create', { description: 'Text', ...zone }),
    gives: made,
  }),
  action('google_calendar.calendar.update', 'Update a calendar', 'Changes the given fields of a calendar.', {
    effect: SETS,
    scopes: [ALL],
    needs: { calendar },
    takes: slice.fields('calendar.update', { summary: 'Name', description: 'Text', ...zone }),
    atLeast: 2,
    gives: made,
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
      ...slice.fields('calendar.share', { role: 'What they may' }),
    },
    takes: slice.fields('calendar.share', { notify: 'Whether they get an e-mail' }),
    gives: slice.object('rule'),
  }),
  action('google_calendar.calendar.unshare', 'Stop sharing a calendar', 'Takes a permission away.', {
    effect: REMOVES,
    scopes: [ALL],
    needs: { calendar, email },
    gives: done,
  }),
];
