import { keyFileCredential } from '../kit/key_file.ts';
import { offlineConsent } from '../kit/offline_consent.ts';
import { readObject, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

export const EVENTS = 'https://www.googleapis.com/auth/calendar.events';
export const READING = 'https://www.googleapis.com/auth/calendar.readonly';
/** Makes, shares and deletes calendars too. */
export const ALL = 'https://www.googleapis.com/auth/calendar';

export const oauth: OAuthRedirect = offlineConsent(
  { default: [EVENTS, READING], optional: [ALL], separator: ' ' },
  identify,
);

/** A service account has a calendar of its own; as a rule it acts for a person of the domain. */
export const serviceAccount: InlineCredential = keyFileCredential({
  scopes: [EVENTS, READING],
  subject: 'TAKEN',
  identify,
});

/** The primary calendar’s id is the account’s address. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/calendars/primary`);
  const address = readString(readObject(body, 'calendar').id, 'id');
  return { account: { id: address, label: address } };
}
