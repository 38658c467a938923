import { optionalString, readObject, readString } from '../kit/read.ts';
import { personPath, tenantApp, tenantConsent } from '../kit/tenant_consent.ts';
import type { Identity, InlineCredential, OAuthRedirect, ProviderCall } from '../provider.ts';

export const oauth: OAuthRedirect = tenantConsent(
  {
    default: [
      'offline_access',
      'User.Read',
      'Mail.ReadWrite',
      'Mail.Send',
      'Calendars.ReadWrite',
      'Contacts.ReadWrite',
    ],
    separator: ' ',
    optional: ['MailboxSettings.ReadWrite'],
  },
  identify,
);

/** The permissions are those that the administrator gave the app. */
export const app: InlineCredential = tenantApp('https://graph.microsoft.com/.default', identify);

async function identify(call: ProviderCall): Promise<Identity> {
  const url = `${call.endpoints.api}${personPath(call.config)}`;
  const person = readObject((await call.fetch(url)).body, 'person');
  const id = readString(person.id, 'id');
  return { account: { id, label: optionalString(person.userPrincipalName) ?? optionalString(person.mail) ?? id } };
}
