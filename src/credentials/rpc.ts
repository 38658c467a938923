import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { LeaseState } from '../../gen/mobius/integrations/internal/v1/credential_pb.js';
import type { CredentialService } from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { callerOf } from '../rpc/call.ts';
import { changeMessage, leaseMessage } from './lease_message.ts';
import { type LeaseState as LeaseStateName, listLeases, releaseCredential } from './leases.ts';
import { credentialMessage } from './message.ts';
import { createProviderPauses } from './provider_pause.ts';
import { resolveCredential } from './resolve.ts';
import { sendAuthorizedRequest } from './send.ts';
import { watchCredentials } from './watch.ts';

export function serveCredentials(deps: Deps): ServiceImpl<typeof CredentialService> {
  const pauses = createProviderPauses(deps.now);
  return {
    async resolveCredential({ project, target, purpose, runId, minValidity }, context) {
      if (target.case === undefined) throw invalidField('target', 'name a provider or an integration_id');
      const resolved = await resolveCredential(deps, {
        project,
        target: target.case === 'provider' ? { provider: target.value } : { integrationId: target.value },
        purpose,
        runId,
        minValidityMs: minValidity === undefined ? 0 : durationMs(minValidity),
        caller: callerOf(context),
        signal: context.signal,
      });
      return { credential: credentialMessage(deps, resolved) };
    },
    async releaseCredential({ project, leaseId }, context) {
      const caller = callerOf(context).identity;
      const lease = await releaseCredential(deps.store.em.fork(), deps, { project, leaseId, caller });
      return { lease: leaseMessage(lease, deps.now()) };
    },
    async listCredentialLeases({ project, integrationId, caller, runId, state, pageSize, pageToken }) {
      const now = deps.now();
      const named = state === LeaseState.UNSPECIFIED ? undefined : (LeaseState[state] as LeaseStateName);
      const { leases, nextPageToken } = await listLeases(
        deps.store.em.fork(),
        { project, integrationId, caller, runId, state: named },
        { size: pageSize, token: pageToken },
        now,
      );
      return { leases: leases.map(lease => leaseMessage(lease, now)), nextPageToken };
    },
    async sendAuthorizedRequest({ target, timeout, ...request }, context) {
      if (target.case === undefined) throw invalidField('target', 'name a provider or an integration_id');
      const { project, purpose, runId, method, url, headers, body } = request;
      const answer = await sendAuthorizedRequest(deps, pauses, {
        project,
        target: target.case === 'provider' ? { provider: target.value } : { integrationId: target.value },
        purpose,
        runId,
        method,
        url,
        headers,
        body,
        timeoutMs: timeout === undefined ? 0 : durationMs(timeout),
        caller: callerOf(context),
        signal: context.signal,
      });
      const { providerTimeMs, ...told } = answer;
      return { ...told, providerTime: durationFromMs(Math.round(providerTimeMs)) };
    },
    async *watchCredentials({ projects, providers }, context) {
      const batches = watchCredentials(deps, callerOf(context), { projects, providers }, context.signal);
      for await (const changes of batches) yield { changes: changes.map(changeMessage) };
    },
  };
}
