import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  CredentialChangeKind,
  type CredentialChangeSchema,
  type CredentialLeaseSchema,
  LeaseState,
} from '../../gen/mobius/integrations/internal/v1/credential_pb.js';
import type { CredentialLease } from './entity.ts';
import { leaseState } from './leases.ts';
import type { CredentialChange } from './watch.ts';

export function leaseMessage(lease: CredentialLease, now: Date): MessageInitShape<typeof CredentialLeaseSchema> {
  const endTime = lease.releaseTime ?? lease.revokeTime;
  return {
    id: lease.id,
    project: lease.project,
    integrationId: lease.integrationId,
    provider: lease.provider,
    credentialVersion: lease.version,
    caller: lease.caller,
    purpose: lease.purpose,
    runId: lease.runId,
    state: LeaseState[leaseState(lease, now)],
    createTime: timestampFromDate(lease.createTime),
    expireTime: timestampFromDate(lease.expireTime),
    endTime: endTime ? timestampFromDate(endTime) : undefined,
  };
}

export function changeMessage(change: CredentialChange): MessageInitShape<typeof CredentialChangeSchema> {
  const { project, integrationId, provider, kind, version, time } = change;
  const told = { kind: CredentialChangeKind[kind], time: timestampFromDate(time) };
  return { project, integrationId, provider, version, ...told };
}
