import type { Vendor } from '../vendor.ts';
import { discovery } from './directory.ts';

const api = discovery('calendar.json');
const PAGE = 'max_results=maxResults page_token=pageToken';
const DETAILS = [
  'description location time_zone=start.timeZone recurrence transparency visibility color_id=colorId',
  'send_updates=sendUpdates',
].join(' ');

export const googleCalendar: Vendor = {
  provider: 'google_calendar',
  inputs: [
    {
      from: api,
      wanted: {
        'event.create': ['calendar.events.insert', `summary start=start.dateTime end=end.dateTime ${DETAILS}`],
        'event.create_all_day': ['calendar.events.insert', `summary start=start.date end=end.date ${DETAILS}`],
        'event.quick_add': ['calendar.events.quickAdd', 'text send_updates=sendUpdates'],
        'event.list': [
          'calendar.events.list',
          `time_min=timeMin time_max=timeMax q single_events=singleEvents order_by=orderBy ${PAGE}`,
        ],
        'event.list_instances': ['calendar.events.instances', `time_min=timeMin time_max=timeMax ${PAGE}`],
        'event.update': ['calendar.events.patch', `summary start=start.dateTime end=end.dateTime ${DETAILS}`],
        'event.add_attendees': ['calendar.events.patch', 'send_updates=sendUpdates'],
        'event.respond': [
          'calendar.events.patch',
          'response=attendees.[].responseStatus comment=attendees.[].comment send_updates=sendUpdates',
        ],
        'event.move': ['calendar.events.move', 'send_updates=sendUpdates'],
        'event.delete': ['calendar.events.delete', 'send_updates=sendUpdates'],
        'free_busy.query': ['calendar.freebusy.query', 'time_min=timeMin time_max=timeMax time_zone=timeZone'],
        'calendar.list': ['calendar.calendarList.list', PAGE],
        'calendar.create': ['calendar.calendars.insert', 'summary description time_zone=timeZone'],
        'calendar.update': ['calendar.calendars.patch', 'summary description time_zone=timeZone'],
        'calendar.share': ['calendar.acl.insert', 'role notify=sendNotifications'],
      },
      limits: {
        'calendar.create.summary': { maxLength: 254 },
        'calendar.list.max_results': { minimum: 1, maximum: 250 },
        'calendar.update.summary': { maxLength: 254 },
        color_id: { maxLength: 2, pattern: '^([1-9]|1[01])$' },
        comment: { maxLength: 1_024 },
        description: { maxLength: 8_192 },
        location: { maxLength: 1_024 },
        max_results: { minimum: 1, maximum: 2_500 },
        page_token: { maxLength: 1_024 },
        q: { maxLength: 512 },
        recurrence: { maxItems: 10, items: { maxLength: 512 } },
        response: { enum: ['accepted', 'declined', 'tentative'] },
        role: { enum: ['freeBusyReader', 'reader', 'writer', 'owner'] },
        summary: { maxLength: 1_024 },
        text: { maxLength: 1_024 },
        time_max: { maxLength: 40, format: 'date-time' },
        time_min: { maxLength: 40, format: 'date-time' },
        time_zone: { maxLength: 64 },
        transparency: { enum: ['opaque', 'transparent'] },
        visibility: { enum: ['default', 'public', 'private', 'confidential'] },
      },
    },
  ],
  objects: [
    {
      from: api,
      rules: {
        omit: /^(additionalGuests|resource)$/,
        shapes: [{ by: 'responseStatus', keep: 'email displayName responseStatus optional organizer self comment' }],
      },
      wanted: {
        event: [
          'calendar.events.get',
          'id status summary description location start end created updated organizer attendees recurrence recurringEventId hangoutLink htmlLink',
        ],
        calendar: ['calendar.calendarList.get', 'id summary description timeZone primary accessRole'],
        made: ['calendar.calendars.get', 'id summary description timeZone'],
        rule: ['calendar.acl.insert', 'id role scope'],
        free_busy: ['calendar.freebusy.query', 'timeMin timeMax calendars'],
      },
    },
  ],
};
