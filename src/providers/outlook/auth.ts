import { tenantApp, tenantConsent } from '../kit/tenant_consent.ts';
import type { InlineCredential, OAuthRedirect } from '../provider.ts';

export const oauth: OAuthRedirect = tenantConsent({
  default: ['offline_access', 'User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'],
  separator: ' ',
  optional: ['MailboxSettings.ReadWrite'],
});

/** The permissions are those that the administrator gave the app. */
export const app: InlineCredential = tenantApp('https://graph.microsoft.com/.default');
