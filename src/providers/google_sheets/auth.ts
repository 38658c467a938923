import { keyFileCredential, keyFileOf } from '../kit/key_file.ts';
import { offlineConsent } from '../kit/offline_consent.ts';
import { readObject, readString } from '../kit/read.ts';
import type { InlineCredential, OAuthRedirect } from '../provider.ts';

export const SPREADSHEETS = 'https://www.googleapis.com/auth/spreadsheets';
export const DRIVE_METADATA = 'https://www.googleapis.com/auth/drive.metadata.readonly';

export const oauth: OAuthRedirect = offlineConsent(
  {
    // `email` by its long name: grants come back with that one.
    default: ['openid', 'https://www.googleapis.com/auth/userinfo.email', SPREADSHEETS, DRIVE_METADATA],
    separator: ' ',
  },
  async call => {
    const user = readObject((await call.fetch(`${call.endpoints.userinfo}/v1/userinfo`)).body, 'userinfo');
    return { account: { id: readString(user.sub, 'sub'), label: readString(user.email, 'email') } };
  },
);

/** Service accounts see the files that were shared with their address. */
export const serviceAccount: InlineCredential = keyFileCredential({
  scopes: [SPREADSHEETS, DRIVE_METADATA],
  subject: 'NONE',
  /** Google took a token request signed with the file's key in that address's name: it is that account. */
  identify: async call => {
    const { clientEmail } = keyFileOf(call.credential);
    return { account: { id: clientEmail, label: clientEmail } };
  },
});
