import { tenantApp, tenantConsent } from '../kit/tenant_consent.ts';
import type { InlineCredential, OAuthRedirect } from '../provider.ts';

/** Notices of a drive at work need that of all files the person may see. */
export const FILES = 'Files.ReadWrite.All';

export const oauth: OAuthRedirect = tenantConsent({ default: ['offline_access', 'User.Read', FILES], separator: ' ' });

/** The permissions are those that the administrator gave the app. */
export const app: InlineCredential = tenantApp('https://graph.microsoft.com/.default');
