import { noticeSubscriptions } from '../kit/change_notices.ts';
import { personPath } from '../kit/tenant_consent.ts';
import { eventTypes } from './events.ts';

/** Under three days; newer documents allow seven. */
const LIFE_MS = 4_200 * 60_000;

const KINDS = [
  ['message', 'messages', 'Mail'],
  ['event', 'events', 'Calendar'],
  ['contact', 'contacts', 'Contacts'],
] as const;

export const subscriptions = noticeSubscriptions({
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: ['Mail.ReadWrite', 'Calendars.ReadWrite', 'Contacts.ReadWrite'],
  lifeMs: LIFE_MS,
  targets: async call =>
    KINDS.map(([kind, path, label]) => ({
      key: path,
      label,
      eventTypes: eventTypes.map(({ name }) => name).filter(name => name.startsWith(`outlook.${kind}.`)),
      settings: { resource: `${personPath(call.config).slice(1)}/${path}`, changes: 'created,updated,deleted' },
    })),
});
