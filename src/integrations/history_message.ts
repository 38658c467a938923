import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  CredentialSlot,
  CredentialState,
  type CredentialVersionSchema,
  RevocationOutcome,
  type RevocationReceiptSchema,
  type RevocationSchema,
} from '../../gen/mobius/integrations/v1/integration_pb.js';
import type { PreviewImpactResponseSchema } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceState } from '../../gen/mobius/integrations/v1/reference_pb.js';
import type { SecretVersion } from '../credentials/history.ts';
import { subscriptionMessage } from '../subscriptions/message.ts';
import type { Impact } from './impact.ts';
import type { RevocationReceipt } from './revoke.ts';

export function credentialVersionMessage(version: SecretVersion): MessageInitShape<typeof CredentialVersionSchema> {
  return {
    version: version.version,
    slot: CredentialSlot[version.slot],
    state: CredentialState[version.state],
    fingerprint: version.fingerprint,
    createdBy: version.createdBy,
    createTime: timestampFromDate(version.createTime),
    destroyTime: version.destroyTime && timestampFromDate(version.destroyTime),
    overlapDeliveryCount: version.overlapDeliveries,
  };
}

export function revocationMessage(
  revocation: RevocationReceipt['revocations'][number],
): MessageInitShape<typeof RevocationSchema> {
  return {
    slot: CredentialSlot[revocation.slot],
    version: revocation.version,
    outcome: RevocationOutcome[revocation.outcome],
    message: revocation.message,
  };
}

export function receiptMessage(receipt: RevocationReceipt): MessageInitShape<typeof RevocationReceiptSchema> {
  const { project, id, provider, accountId, accountLabel, accountUrl } = receipt.integration;
  return {
    project,
    integrationId: id,
    provider,
    account: { id: accountId, label: accountLabel, url: accountUrl ?? '' },
    frozen: receipt.isFrozen,
    revocations: receipt.revocations.map(revocationMessage),
    openLeaseCount: receipt.openLeaseCount,
  };
}

export function impactMessage(impact: Impact): MessageInitShape<typeof PreviewImpactResponseSchema> {
  return {
    actions: impact.actions.map(({ action, count: useCount, lastTime }) => ({
      action,
      useCount,
      lastUseTime: timestampFromDate(lastTime),
    })),
    callers: impact.callers.map(({ caller, count: useCount, lastTime, openCount: openLeaseCount }) => ({
      caller,
      useCount,
      lastUseTime: timestampFromDate(lastTime),
      openLeaseCount,
    })),
    eventTypes: impact.eventTypes.map(({ eventType, count: eventCount, lastTime }) => ({
      eventType,
      eventCount,
      lastReceiveTime: timestampFromDate(lastTime),
    })),
    subscriptions: impact.subscriptions.map(subscriptionMessage),
    references: impact.references.map(({ referenceType, value, label, state, resolveTime }) => ({
      referenceType,
      reference: { value, label, state: ReferenceState[state] },
      lastUseTime: timestampFromDate(resolveTime),
    })),
    truncated: impact.isTruncated,
  };
}
