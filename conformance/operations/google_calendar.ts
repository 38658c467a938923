import type { calendar_v3 } from '@googleapis/calendar';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the API. */
export type Operation = Methods<calendar_v3.Calendar>;

export const operations = {
  'event.create': 'events.insert',
  'event.create_all_day': 'events.insert',
  'event.quick_add': 'events.quickAdd',
  'event.get': 'events.get',
  'event.list': 'events.list',
  'event.list_instances': 'events.instances',
  'event.update': 'events.patch',
  'event.add_attendees': 'events.patch',
  'event.respond': 'events.patch',
  'event.move': 'events.move',
  'event.delete': 'events.delete',
  'free_busy.query': 'freebusy.query',
  'calendar.list': 'calendarList.list',
  'calendar.get': 'calendars.get',
  'calendar.create': 'calendars.insert',
  'calendar.update': 'calendars.patch',
  'calendar.delete': 'calendars.delete',
  'calendar.share': 'acl.insert',
  'calendar.unshare': 'acl.delete',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'events.shout' satisfies Operation;
