import { keyFileCredential } from '../kit/key_file.ts';
import { offlineConsent } from '../kit/offline_consent.ts';
import { readObject, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/** Reads, writes and sends; only deleting for good needs more. A restricted scope: Google reviews apps that ask for it. */
export const MODIFY = 'https://www.googleapis.com/auth/gmail.modify';

export const oauth: OAuthRedirect = offlineConsent({ default: [MODIFY], separator: ' ' }, identify);

/** A service account has no mailbox: it acts for a person of the domain. */
export const serviceAccount: InlineCredential = keyFileCredential({ scopes: [MODIFY], subject: 'NEEDED', identify });

/** Pub/Sub messages name the mailbox by the same address. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/gmail/v1/users/me/profile`);
  const address = readString(readObject(body, 'profile').emailAddress, 'emailAddress');
  return { account: { id: address, label: address } };
}
