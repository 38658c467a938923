import { CredentialService } from '../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { type Integration, RevocationOutcome } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import type { ConnectMethod } from '../../src/providers/provider.ts';
import { expect, expectEqual } from '../guarantee.ts';
import type { Facts } from './facts.ts';
import { type ConformanceStage, isExcepted, type Tally } from './stage.ts';

/** Resolves the credential, which is refreshed where it is about to end, and sends one request with it. */
export async function tryCredential(
  { internal }: ConformanceStage,
  facts: Facts,
  method: ConnectMethod,
  { project, id: integrationId }: Integration,
  tally: Tally,
): Promise<void> {
  const { provider, request } = facts;
  const target = { case: 'integrationId', value: integrationId } as const;
  const base = { project, target, purpose: `${provider.id}.conformance.walk`, runId: 'conformance' };
  const { credential } = await internal(CredentialService).resolveCredential(base);
  const refreshes = method.mode === 'OAUTH_REDIRECT' && facts.refresh !== 'NONE';
  expectEqual(credential?.version, refreshes ? 2 : 1, `${provider.id} ${method.authKind}: the credential’s version`);
  if (refreshes) tally.refreshed++;
  if (isExcepted(tally, `${provider.id} request`)) return;
  expect(request !== undefined, `${provider.id}: there is no request to try`);
  const { status } = await internal(CredentialService).sendAuthorizedRequest({
    ...base,
    method: request.method,
    url: request.path,
    headers: { ...(request.json !== undefined && { 'content-type': 'application/json' }), ...request.headers },
    body: request.json === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(request.json)),
  });
  expect(status >= 200 && status < 300, `${provider.id} ${method.authKind}: the request was answered ${status}`);
}

/** Ends it at the vendor where the vendor has a way, and says so. */
export async function revoke(
  { rpc }: ConformanceStage,
  { provider }: Facts,
  method: ConnectMethod,
  { project, id }: Integration,
  tally: Tally,
): Promise<void> {
  const { receipts } = await rpc(IntegrationService).revokeIntegrations({
    project,
    integrationIds: [id],
    reason: 'conformance',
  });
  const outcomes = receipts.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  expect(receipts.length === 1 && outcomes.length > 0, `${provider.id} ${method.authKind}: no receipt`);
  if (method.revoke === undefined && !('discovery' in method)) return;
  expect(outcomes.includes(RevocationOutcome.REVOKED), `${provider.id} ${method.authKind}: it was not revoked`);
  tally.revoked++;
}
