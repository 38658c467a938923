import {
  AuthKind,
  CredentialSlot,
  CredentialState,
  IntegrationStatus,
  RevocationOutcome,
} from '../../../gen/mobius/integrations/v1/integration_pb.js';
import type { Tone } from '../parts/notice.tsx';

type Word = { readonly tone: Tone; readonly text: string };

export function statusWord(status: IntegrationStatus): Word {
  switch (status) {
    case IntegrationStatus.ACTIVE:
      return { tone: 'good', text: 'Active' };
    case IntegrationStatus.INACTIVE:
      return { tone: 'off', text: 'Switched off' };
    case IntegrationStatus.EXPIRED:
      return { tone: 'bad', text: 'Expired' };
    default:
      return { tone: 'off', text: 'Unknown' };
  }
}

export const authKindWord = (kind: AuthKind): string =>
  ({
    [AuthKind.UNSPECIFIED]: '',
    [AuthKind.OAUTH2]: 'OAuth 2',
    [AuthKind.API_KEY]: 'API key',
    [AuthKind.BASIC]: 'User and password',
    [AuthKind.APP_INSTALLATION]: 'App installation',
    [AuthKind.SERVICE_ACCOUNT]: 'Service account',
    [AuthKind.BOT_TOKEN]: 'Bot token',
    [AuthKind.CONNECTION_STRING]: 'Connection string',
    [AuthKind.WEBHOOK_SECRET]: 'Webhook',
    [AuthKind.NONE]: 'None',
  })[kind];

export function credentialStateWord(state: CredentialState): Word {
  switch (state) {
    case CredentialState.CURRENT:
      return { tone: 'good', text: 'Current' };
    case CredentialState.OVERLAP:
      return { tone: 'warn', text: 'In overlap' };
    default:
      return { tone: 'off', text: 'Destroyed' };
  }
}

export const slotWord = (slot: CredentialSlot): string =>
  slot === CredentialSlot.WEBHOOK_SECRET ? 'Webhook secret' : 'Credential';

export function revocationWord(outcome: RevocationOutcome): Word {
  switch (outcome) {
    case RevocationOutcome.REVOKED:
      return { tone: 'good', text: 'Revoked at the provider' };
    case RevocationOutcome.NOT_SUPPORTED:
      return { tone: 'warn', text: 'To be deleted at the provider' };
    default:
      return { tone: 'bad', text: 'Not confirmed by the provider' };
  }
}
