import {
  ActionRisk,
  ConnectionState,
  ConnectMode,
  type Provider,
} from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { Mender, Readiness, ReadinessCause, RuntimeState } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import type { Tone } from '../parts/notice.tsx';

type Word = { readonly tone: Tone; readonly text: string };

/** `READINESS_CAUSE` as words: `SCOPE_MISSING` is "Scope missing". */
export function plain(name: string | undefined): string {
  const text = (name ?? '').toLowerCase().replaceAll('_', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function readinessWord(readiness: Readiness): Word {
  switch (readiness) {
    case Readiness.READY:
      return { tone: 'good', text: 'Ready' };
    case Readiness.DEGRADED:
      return { tone: 'warn', text: 'Degraded' };
    case Readiness.NEEDS_SETUP:
      return { tone: 'info', text: 'Needs setup' };
    case Readiness.UNAVAILABLE:
      return { tone: 'off', text: 'Unavailable' };
    default:
      return { tone: 'off', text: 'Unknown' };
  }
}

/** Whether the project has an account there, well or not. */
export function isInUse({ connectionState, causes }: Pick<Provider, 'connectionState' | 'causes'>): boolean {
  return connectionState === ConnectionState.CONNECTED || causes.some(cause => cause.integrationId !== '');
}

/** Where a project stands with a provider, in one badge: in use but not ready is what matters most. */
export function standingWord(provider: Pick<Provider, 'connectionState' | 'readiness' | 'causes'>): Word {
  const { connectionState, readiness } = provider;
  if (isInUse(provider)) {
    if (readiness === Readiness.READY) return { tone: 'good', text: 'Connected' };
    return { tone: 'warn', text: readiness === Readiness.DEGRADED ? 'Degraded' : 'Needs attention' };
  }
  if (connectionState === ConnectionState.BUILT_IN) {
    return readiness === Readiness.READY ? { tone: 'good', text: 'Built in' } : readinessWord(readiness);
  }
  return connectionState === ConnectionState.NEEDS_SETUP
    ? { tone: 'info', text: 'Not connected' }
    : { tone: 'off', text: 'Unavailable' };
}

export const causeWord = (cause: ReadinessCause): string => plain(ReadinessCause[cause]);

export function menderWord(mender: Mender): string {
  switch (mender) {
    case Mender.CALLER:
      return 'You can mend this';
    case Mender.PROJECT:
      return 'Mended in this project';
    case Mender.OPERATOR:
      return 'Mended by the operator';
    case Mender.PROVIDER:
      return 'Only waiting helps';
    default:
      return '';
  }
}

export const modeWord = (mode: ConnectMode): string =>
  ({
    [ConnectMode.UNSPECIFIED]: '',
    [ConnectMode.OAUTH_REDIRECT]: 'Consent in the browser',
    [ConnectMode.APP_INSTALL]: 'App installation',
    [ConnectMode.API_KEY]: 'Key',
    [ConnectMode.WEBHOOK_SETUP]: 'Webhook',
    [ConnectMode.SERVICE_CREDENTIAL]: 'Service account',
    [ConnectMode.BUILT_IN]: 'Built in',
  })[mode];

export const riskWord = (risk: ActionRisk): Word | undefined =>
  risk === ActionRisk.HIGH || risk === ActionRisk.CRITICAL
    ? { tone: 'warn', text: `${plain(ActionRisk[risk])} risk` }
    : undefined;

export const stateWord = (state: RuntimeState): string | undefined =>
  state === RuntimeState.ACTIVE ? undefined : plain(RuntimeState[state]);
