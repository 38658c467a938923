import { at } from '../kit/meta.ts';
import { optionalString, readArray, readObject, readString } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { Target } from '../subscription.ts';
import { eventTypes } from './events.ts';

const MAX_CALENDARS = 50;

/** The calendars whose events the account may change, its own first: holidays and the like send nothing. */
export async function calendars(call: ProviderCall): Promise<readonly Target[]> {
  const query = { minAccessRole: 'writer', maxResults: 250 };
  const { body } = await call.fetch(`${call.endpoints.api}/users/me/calendarList`, { query });
  const found = readArray(at(body, 'items'), 'items').map((each, i) => readObject(each, `items[${i}]`));
  return found
    .toSorted((a, b) => Number(b.primary === true) - Number(a.primary === true))
    .slice(0, MAX_CALENDARS)
    .map(({ id, summary }) => {
      const key = readString(id, 'id');
      return { key, label: optionalString(summary) ?? key, eventTypes: eventTypes.map(({ name }) => name) };
    });
}
