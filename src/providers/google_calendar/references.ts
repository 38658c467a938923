import { metaOf } from '../kit/meta.ts';
import { byCursor } from '../kit/page_rules.ts';
import { optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceType } from '../provider.ts';
import { EVENTS, READING } from './auth.ts';

const pages = byCursor({ size: 'maxResults', most: 100, at: 'pageToken', next: ['nextPageToken'] });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER' } as const;

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'LOCAL',
    name: 'google_calendar.calendar',
    title: 'Calendar',
    description: 'A calendar in the account’s list, its own and those of others.',
    scopes: [READING],
    dependsOn: [],
    ...restLookup({
      path: '/users/me/calendarList',
      query: () => ({ showHidden: true }),
      pages,
      items: ['items'],
      item: node => {
        const value = readString(node.id, 'id');
        return {
          value,
          label: optionalString(node.summaryOverride) ?? optionalString(node.summary) ?? value,
          metadata: metaOf({ access: node.accessRole, time_zone: node.timeZone }),
          state: node.deleted === true ? 'ARCHIVED' : 'PRESENT',
        };
      },
      one: id => `/users/me/calendarList/${segment(id)}`,
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'google_calendar.event',
    title: 'Event',
    description: 'An event of a calendar, by its words; those that repeat count once.',
    scopes: [EVENTS],
    dependsOn: [{ key: 'calendar', type: 'google_calendar.calendar', required: true }],
    ...restLookup({
      path: ({ calendar }) => `/calendars/${segment(calendar)}/events`,
      query: ({ q }) => ({ q: q.trim() === '' ? undefined : q.trim() }),
      pages,
      items: ['items'],
      item: (node, { calendar }) => {
        const value = readString(node.id, 'id');
        return {
          value,
          label: optionalString(node.summary) ?? value,
          metadata: metaOf({ page: node.htmlLink }),
          parent: calendar,
          state: node.status === 'cancelled' ? 'ARCHIVED' : 'PRESENT',
        };
      },
      one: (id, { calendar }) => `/calendars/${segment(calendar)}/events/${segment(id)}`,
    }),
  },
];
