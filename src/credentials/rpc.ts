import { durationMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import type { CredentialService } from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { callerOf } from '../rpc/call.ts';
import { credentialMessage } from './message.ts';
import { resolveCredential } from './resolve.ts';

export function serveCredentials(deps: Deps): Partial<ServiceImpl<typeof CredentialService>> {
  return {
    async resolveCredential({ project, target, purpose, runId, minValidity }, context) {
      if (target.case === undefined) throw invalidField('target', 'name a provider or an integration_id');
      const resolved = await resolveCredential(deps.store.em.fork(), deps, {
        project,
        target: target.case === 'provider' ? { provider: target.value } : { integrationId: target.value },
        purpose,
        runId,
        minValidityMs: minValidity === undefined ? 0 : durationMs(minValidity),
        caller: callerOf(context),
      });
      return { credential: credentialMessage(deps, resolved) };
    },
  };
}
