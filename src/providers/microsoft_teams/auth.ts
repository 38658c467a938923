import { tenantConsent } from '../kit/tenant_consent.ts';
import type { OAuthRedirect } from '../provider.ts';

/**
 * Reading channel messages and members needs an administrator’s consent. An app that acts for nobody may not send messages,
 * so that there is no other way to connect.
 */
export const oauth: OAuthRedirect = tenantConsent({
  default: [
    'offline_access',
    'User.Read',
    'Team.ReadBasic.All',
    'Channel.ReadBasic.All',
    'ChannelMessage.Send',
    'ChannelMessage.Read.All',
    'TeamMember.Read.All',
    'Chat.ReadWrite',
  ],
  separator: ' ',
  optional: [
    'Channel.Create',
    'ChannelSettings.ReadWrite.All',
    'Channel.Delete.All',
    'TeamMember.ReadWrite.All',
    'OnlineMeetings.ReadWrite',
    'User.ReadBasic.All',
  ],
});
