import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { ConnectKind } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Readiness } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import type { Stage } from '../stage.ts';
import { check, refusalOf, type Step } from '../step.ts';

export const linearConnected: Step = {
  title: 'Linear by API key, and a wrong key refused with nothing stored',
  async show(stage) {
    const { project, clients, sandbox, secrets } = stage;
    const integrations = clients.rpc(IntegrationService);
    const { apiKey } = sandbox.seeds.linear;
    const wrongKey = `${apiKey.slice(0, -4)}${apiKey.endsWith('aaaa') ? 'bbbb' : 'aaaa'}`;
    secrets.keep('wrong Linear key', wrongKey);
    const wish = (key: string) => ({ project, provider: 'linear', credentials: { api_key: key } });
    const { code, reason } = await refusalOf(integrations.connectProvider(wish(wrongKey)));
    check(reason === 'CREDENTIAL_REFUSED', `the wrong key was refused with ${code} ${reason}`);
    check((await countOf(stage, 'linear')) === 0, 'something was stored with the wrong key');
    const { kind, integration } = await integrations.connectProvider(wish(apiKey));
    check(kind === ConnectKind.COMPLETE, `it answered ${ConnectKind[kind]}`);
    check((await countOf(stage, 'linear')) === 1, 'it is not listed');
    return `${integration?.account?.label}, and ${reason} with 0 stored`;
  },
};

export const claySetUp: Step = {
  title: 'Clay set up',
  async show({ clients, project, sandbox }) {
    const { webhookUrl, authHeaderName, authHeaderValue } = sandbox.seeds.clay;
    const { kind, integration } = await clients.rpc(IntegrationService).connectProvider({
      project,
      provider: 'clay',
      credentials: { auth_header_value: authHeaderValue },
      // The vendor's addresses are https; nothing is sent there when it is set up.
      config: { webhook_url: webhookUrl.replace(/^http:/, 'https:'), auth_header_name: authHeaderName },
    });
    check(kind === ConnectKind.COMPLETE, `it answered ${ConnectKind[kind]}`);
    const names = Object.keys(integration?.config ?? {});
    check(!names.includes('auth_header_value'), 'the header value is among the settings');
    return `settings ${names.join(', ')}; the value of ${authHeaderName} is sealed`;
  },
};

export const openaiReady: Step = {
  title: 'OpenAI ready through the platform key',
  async show(stage) {
    const { clients, project } = stage;
    const { provider } = await clients.rpc(CatalogService).getProvider({ project, provider: 'openai' });
    check(provider?.readiness === Readiness.READY, `it is ${Readiness[provider?.readiness ?? 0]}`);
    check(provider.connection?.platformCredential === true, "it is not the platform's credential");
    check((await countOf(stage, 'openai')) === 0, 'the project has an integration of its own');
    return "READY with the platform's credential and no integration of the project";
  },
};

async function countOf({ clients, project }: Stage, provider: string): Promise<number> {
  const { integrations } = await clients.rpc(IntegrationService).listIntegrations({ project, provider });
  return integrations.length;
}
