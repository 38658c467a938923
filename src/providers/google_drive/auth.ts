import { keyFileCredential } from '../kit/key_file.ts';
import { at } from '../kit/meta.ts';
import { offlineConsent } from '../kit/offline_consent.ts';
import { optionalString, readString } from '../kit/read.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

/** All files of the account. A restricted scope: Google reviews apps that ask for it. */
export const DRIVE = 'https://www.googleapis.com/auth/drive';

export const oauth: OAuthRedirect = offlineConsent({ default: [DRIVE], separator: ' ' }, identify);

/** A service account sees what was shared with its address, or what the person sees that it acts for. */
export const serviceAccount: InlineCredential = keyFileCredential({ scopes: [DRIVE], subject: 'TAKEN', identify });

/** The permission id is the account’s number, the same in every file it may see. */
async function identify(call: ProviderCall): Promise<Identity> {
  const { body } = await call.fetch(`${call.endpoints.api}/about`, { query: { fields: 'user' } });
  const id = readString(at(body, 'user', 'permissionId'), 'user.permissionId');
  return { account: { id, label: optionalString(at(body, 'user', 'emailAddress')) ?? id } };
}
