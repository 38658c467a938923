import type { Fix } from '../catalog/causes.ts';
import type { DeliveryStage } from './entity.ts';
import type { RejectionCause } from './rejection.ts';

/** Names of DeliveryCause. */
export type DeliveryCause =
  | RejectionCause
  | 'NOT_RECEIVED'
  | 'DUPLICATE'
  | 'NO_INTEGRATION'
  | 'INTEGRATION_UNUSABLE'
  | 'SUBSCRIPTION_LAPSED'
  | 'NOT_TRIGGERABLE'
  | 'NO_CONSUMER'
  | 'CONSUMER_BEHIND'
  | 'FILTERED'
  | 'CONSUMER_FAILED'
  | 'ATTEMPTS_EXHAUSTED';

/** Why an event got no further, for people, with what mends it where something does. */
export type Stop = {
  readonly stage: DeliveryStage;
  readonly cause: DeliveryCause;
  readonly message: string;
  readonly fix?: Fix;
};

export type Passage = { readonly stage: DeliveryStage; readonly time: Date; readonly note: string };

export type ExplainedDelivery = {
  readonly deliveryKey: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly stages: readonly Passage[];
  /** Undefined: it went through. */
  readonly stop: Stop | undefined;
  readonly duplicateOf: string;
  readonly time: Date;
};

const EVENTS = 'mobius.integrations.v1.EventService';
const INTEGRATIONS = 'mobius.integrations.v1.IntegrationService';
const SOURCE_EVENTS = 'mobius.integrations.internal.v1.SourceEventService';

export const replay = (project: string, eventId: string): Fix => ({
  method: `${EVENTS}/ReplayIntegrationEvents`,
  arguments: { project, event_ids: eventId },
});

export const switchOn = (project: string, integration: string): Fix => ({
  method: `${INTEGRATIONS}/UpdateIntegration`,
  arguments: { project, integration, status: 'ACTIVE' },
});

export const connectAgain = (project: string, provider: string, integrationId = ''): Fix => ({
  method: `${INTEGRATIONS}/ConnectProvider`,
  arguments: { project, provider, ...(integrationId !== '' && { integration_id: integrationId }) },
});

export const revive = (project: string, consumer: string, sourceEventId: string): Fix => ({
  method: `${SOURCE_EVENTS}/ReviveSourceEvents`,
  arguments: { project, consumer, source_event_ids: sourceEventId },
});

export const stream = (consumer: string, project: string): Fix => ({
  method: `${SOURCE_EVENTS}/StreamSourceEvents`,
  arguments: { ...(consumer !== '' && { consumer }), projects: project },
});

/** What each refusal means, and what to do about it. */
const REFUSALS: Readonly<Record<RejectionCause, string>> = {
  SECRET_MISSING: 'There is no secret to verify it with. Set the signing secret of the webhook.',
  SIGNATURE_MISSING: 'It is not signed. Set the signing secret at the provider’s webhook.',
  SIGNATURE_WRONG: 'It is signed with another secret. Set the same signing secret here and at the provider’s webhook.',
  TIMESTAMP_MISSING: 'It does not say when it was signed. Send it as the provider does.',
  TIMESTAMP_STALE: 'It was signed too long ago. Have the provider send it anew, and check the clocks.',
  TIMESTAMP_FUTURE: 'It was signed in the future. Check the clocks.',
  MALFORMED: 'It is not what the provider sends.',
  RATE_LIMITED: 'More came than may in a second. The provider sends it again, or the operator raises the limit.',
};

const SETTINGS: Partial<Readonly<Record<RejectionCause, string>>> = {
  RATE_LIMITED: 'MOBIUS_ENDPOINT_DELIVERIES_PER_SECOND, MOBIUS_PROJECT_DELIVERIES_PER_SECOND',
};

/** `secretFix`: what sets the endpoint's secret. */
export function refusal(cause: RejectionCause, detail: string, secretFix: Fix | undefined): Stop {
  const setting = SETTINGS[cause];
  const isOfSecret = cause === 'SECRET_MISSING' || cause === 'SIGNATURE_WRONG' || cause === 'SIGNATURE_MISSING';
  const fix = setting === undefined ? (isOfSecret ? secretFix : undefined) : { setting };
  const message = `The delivery was refused${detail === '' ? '' : `: ${detail}`}. ${REFUSALS[cause]}`;
  return { stage: 'REJECTED', cause, message, ...(fix && { fix }) };
}
