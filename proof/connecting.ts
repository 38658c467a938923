import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { visit } from '../src/demo/browser.ts';
import { networkFetch } from '../src/outbound.ts';
import { expect } from './guarantee.ts';
import type { ServiceProcess } from './service_process.ts';
import type { Vendor } from './vendor.ts';

/** Connects as a person does, in a browser of their own; answers the integration's id. */
export async function connect(
  service: ServiceProcess,
  project: string,
  options: {
    readonly provider?: string;
    readonly integrationId?: string;
    readonly onCookie?: (value: string) => void;
  } = {},
): Promise<string> {
  const { provider = 'jira', integrationId } = options;
  const integrations = service.rpc(IntegrationService);
  const request = { project, provider, integrationId };
  const { redirectUrl, sessionId } = await integrations.connectProvider(request);
  const { status, text } = await visit(redirectUrl, options.onCookie ?? (() => undefined));
  const { session } = await integrations.getConnectSession({ project, session: sessionId });
  const id = session?.integrationId ?? '';
  expect(
    status === 200 && id !== '',
    `connecting ended with ${status}: ${session?.errorMessage ?? text.slice(0, 200)}`,
  );
  return id;
}

export type Resolving = {
  readonly provider?: string;
  readonly integrationId?: string;
  readonly minValiditySeconds?: number;
  readonly timeoutMs?: number;
  /** Which of the caller's connections. */
  readonly connection?: number;
  readonly runId?: string;
};

/** What the executor does for an action; answers the credential's version and access token. */
export async function resolve(
  service: ServiceProcess,
  project: string,
  options: Resolving = {},
): Promise<{ readonly version: number; readonly accessToken: string; readonly leaseId: string }> {
  const { provider = 'jira', integrationId, minValiditySeconds, timeoutMs, connection, runId = 'run_1' } = options;
  const target =
    integrationId === undefined
      ? ({ case: 'provider', value: provider } as const)
      : ({ case: 'integrationId', value: integrationId } as const);
  const minValidity = minValiditySeconds === undefined ? undefined : { seconds: BigInt(minValiditySeconds), nanos: 0 };
  const request = { project, target, purpose: `${provider}.proof.run`, runId, minValidity };
  const { resolveCredential } = CredentialService.method;
  const { credential } = await service.executor(connection).call(resolveCredential, request, timeoutMs);
  const accessToken = (credential?.headers.authorization ?? '').replace(/^Bearer /, '');
  return { version: credential?.version ?? 0, accessToken, leaseId: credential?.leaseId ?? '' };
}

/** Whether the vendor takes the token. */
export async function isGood(vendor: Vendor, accessToken: string): Promise<boolean> {
  const url = `${vendor.settings.jira?.endpoints.api}/oauth/token/accessible-resources`;
  const answer = await networkFetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  await answer.text();
  return answer.status === 200;
}
