import type { JsonObject } from '@bufbuild/protobuf';
import { AuthKind as AuthKindOnWire, type Integration } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { visit } from '../../src/demo/browser.ts';
import type { ConnectMethod, JsonSchema } from '../../src/providers/provider.ts';
import { expect, expectEqual, outcomeOf } from '../guarantee.ts';
import type { Facts } from './facts.ts';
import { type ConformanceStage, isExcepted, type Tally } from './stage.ts';

/** Long enough to come back with, and less than the service hands out: refreshed at the first use. */
const SHORT_LIFE_SECONDS = 8;

/** Connects that way, in a project of its own; a wrong credential or a refused consent before it leaves nothing. */
export async function connectBy(
  stage: ConformanceStage,
  facts: Facts,
  method: ConnectMethod,
  project: string,
  tally: Tally,
): Promise<Integration | undefined> {
  const { provider } = facts;
  const name = `${provider.id} ${method.authKind}`;
  if (isExcepted(tally, name)) return undefined;
  const integration =
    'schema' in method
      ? await connectInline(stage, facts, method, project, tally)
      : await connectByRedirect(stage, facts, method, project);
  expect(integration !== undefined, `${name}: it is not connected`);
  if (facts.account !== undefined) {
    const { id, label } = integration.account ?? {};
    expectEqual({ id, label }, { id: facts.account.id, label: facts.account.label }, `${name}: the account`);
  }
  tally.modes++;
  return integration;
}

async function connectByRedirect(
  { rpc, sandbox }: ConformanceStage,
  { provider, refresh, consent }: Facts,
  method: ConnectMethod,
  project: string,
): Promise<Integration | undefined> {
  const integrations = rpc(IntegrationService);
  const settings = 'settings' in method ? sandbox.emulated[provider.id]?.forms[method.authKind] : undefined;
  const request = {
    project,
    provider: provider.id,
    authKind: AuthKindOnWire[method.authKind],
    // All that can be asked for, so that nothing is missing for the pickers.
    ...(method.mode === 'OAUTH_REDIRECT' && {
      scopes: [...method.scopes.default, ...(method.scopes.optional ?? [])],
    }),
    ...(settings !== undefined && { config: settings as JsonObject }),
  };
  const visitAs = async (): Promise<string> => {
    const { redirectUrl, sessionId } = await integrations.connectProvider(request);
    await visit(redirectUrl, () => undefined);
    const { session } = await integrations.getConnectSession({ project, session: sessionId });
    return session?.integrationId || `: ${session?.errorReason || 'no outcome'}`;
  };
  if (method.mode === 'OAUTH_REDIRECT') {
    sandbox.approve({ provider: provider.id, deny: true });
    expectEqual(await visitAs(), ': CONSENT_DENIED', `${provider.id}: a refused consent`);
    if (refresh !== 'NONE') sandbox.approve({ provider: provider.id, lifeSeconds: SHORT_LIFE_SECONDS, ...consent });
  }
  const integrationId = await visitAs();
  expect(!integrationId.startsWith(':'), `${provider.id} ${method.authKind}: connecting ended ${integrationId}`);
  return (await integrations.getIntegration({ project, integration: integrationId })).integration;
}

async function connectInline(
  { rpc }: ConformanceStage,
  { provider, forms }: Facts,
  method: ConnectMethod & { readonly schema: JsonSchema },
  project: string,
  tally: Tally,
): Promise<Integration | undefined> {
  const integrations = rpc(IntegrationService);
  const form = forms[method.authKind];
  const name = `${provider.id} ${method.authKind}`;
  expect(form !== undefined, `${name}: the sandbox has nothing to type in`);
  const properties = (method.schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const isSecret = ([field]: [string, string]): boolean => properties[field]?.writeOnly === true;
  const all = Object.entries(form).filter(([field]) => properties[field] !== undefined);
  const credentials = Object.fromEntries(all.filter(isSecret));
  const config = Object.fromEntries(all.filter(each => !isSecret(each)));
  const request = { project, provider: provider.id, authKind: AuthKindOnWire[method.authKind], config };
  if (!isExcepted(tally, `${name} wrong`)) {
    const wrong = Object.fromEntries(Object.entries(credentials).map(([field, value]) => [field, anotherOf(value)]));
    const outcome = await outcomeOf(integrations.connectProvider({ ...request, credentials: wrong }));
    expectEqual(outcome, 'CREDENTIAL_REFUSED', `${name}: a wrong credential`);
    expectEqual((await integrations.listIntegrations({ project })).integrations.length, 0, `${name}: stored`);
  }
  return (await integrations.connectProvider({ ...request, credentials })).integration;
}

/** A secret of the same form that the vendor does not know. */
function anotherOf(secret: string): string {
  if (secret.startsWith('{')) {
    const file = JSON.parse(secret) as Record<string, string>;
    return JSON.stringify({ ...file, client_email: `x${file.client_email}` });
  }
  const end = Math.max(0, secret.length - 6);
  const turned = secret.slice(end).replaceAll(/[0-9]/g, digit => String((Number(digit) + 5) % 10));
  return secret.slice(0, end) + turned.replaceAll(/[a-y]/gi, letter => String.fromCharCode(letter.charCodeAt(0) + 1));
}
