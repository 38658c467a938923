import { Code } from '@connectrpc/connect';
import {
  AuthKind,
  ConnectKind,
  ConnectSessionStatus,
  type Integration,
  IntegrationStatus,
} from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../../../gen/mobius/integrations/v1/reference_service_pb.js';
import { type Visit, visit } from '../browser.ts';
import { until } from '../program.ts';
import type { Stage } from '../stage.ts';
import { check, type Step } from '../step.ts';

/** `mobius integrations connect slack --wait` prints the address; a browser goes there; the command says who it is. */
export const slackConnected: Step = {
  title: 'Slack connected by following the redirect like a browser',
  async show(stage) {
    const tooEarly = stage.example('action-runner', 'C0NOTTHERE0', 'too early');
    const refused = await tooEarly.ended;
    check(refused === Code.FailedPrecondition, `unconnected, the action runner ended with ${refused}`);
    check(tooEarly.stderr().includes('NOT_CONFIGURED'), 'unconnected, the action runner is not told the cause');
    const command = stage.mobius('integrations', 'connect', 'slack', '--wait', '--json');
    const address = await until('the redirect URL', () => /^https?:\S+$/m.exec(command.stderr())?.[0]);
    const { stops } = await consent(stage, address);
    const status = await command.ended;
    check(status === 0, `the command ended with ${status}: ${command.stderr()}`);
    const { session } = JSON.parse(command.stdout()) as { session: { status: string; integration_id: string } };
    check(session.status === 'CONNECT_SESSION_STATUS_COMPLETED', `the session is ${session.status}`);
    const integration = await active(stage, session.integration_id);
    stage.notes.set('slack', integration.id);
    return `NOT_CONFIGURED before; ${stops.length} stops; ${integration.account?.label} is ${integration.id}`;
  },
};

export const sheetsConnected: Step = {
  title: 'Google Sheets connected with PKCE S256',
  async show(stage) {
    const { integration, stops } = await connect(stage, 'google_sheets');
    const asked = stops.find(({ searchParams }) => searchParams.has('code_challenge'))?.searchParams;
    check(asked?.get('code_challenge_method') === 'S256', 'the provider was asked without a challenge');
    const verifier = [...stage.secrets.entries].find(([, name]) => name === 'google_sheets code_verifier');
    check(verifier !== undefined, 'the code was exchanged without a verifier');
    return `${integration.account?.label}, a verifier of ${verifier[0].length} characters went with the code`;
  },
};

export const githubInstalled: Step = {
  title: 'GitHub App installed',
  async show(stage) {
    const { integration } = await connect(stage, 'github');
    check(integration.authKind === AuthKind.APP_INSTALLATION, `it is ${AuthKind[integration.authKind]}`);
    stage.notes.set('github', integration.id);
    // The first call to the provider mints an installation token.
    const { clients, project } = stage;
    const wish = { project, referenceType: 'github.repository' };
    const { references } = await clients.rpc(ReferenceService).lookupReferences(wish);
    check(references.length > 0, 'it sees no repositories');
    const { id, label } = integration.account ?? {};
    return `installation ${id} of ${label}, which sees ${references.length} repositories`;
  },
};

async function connect(stage: Stage, provider: string): Promise<{ integration: Integration } & Visit> {
  const { clients, project } = stage;
  const integrations = clients.rpc(IntegrationService);
  const { kind, redirectUrl, sessionId } = await integrations.connectProvider({ project, provider });
  check(kind === ConnectKind.REDIRECT, `it answered ${ConnectKind[kind]}`);
  check(redirectUrl.startsWith(stage.addresses.edge), 'the redirect does not lead through the edge');
  const visited = await consent(stage, redirectUrl);
  const { session } = await integrations.waitConnectSession({ project, session: sessionId });
  check(session?.status === ConnectSessionStatus.COMPLETED, `the session failed: ${session?.errorReason}`);
  return { ...visited, integration: await active(stage, session.integrationId) };
}

/** The browser's way; what it carried is noted as secret: the nonce cookie, and codes in addresses. */
async function consent({ secrets }: Stage, address: string): Promise<Visit> {
  const visited = await visit(address, value => secrets.keep('nonce cookie', value));
  for (const { searchParams } of visited.stops) secrets.keepFields('browser', Object.fromEntries(searchParams));
  check(visited.status === 200, `the browser ended at ${visited.status}: ${visited.text.slice(0, 200)}`);
  check(visited.text.includes('Connected'), `the browser ended at ${visited.text.slice(0, 200)}`);
  return visited;
}

async function active({ clients, project }: Stage, id: string): Promise<Integration> {
  const { integration } = await clients.rpc(IntegrationService).getIntegration({ project, integration: id });
  check(integration !== undefined, 'there is no integration');
  check(integration.status === IntegrationStatus.ACTIVE, `it is ${IntegrationStatus[integration.status]}`);
  return integration;
}
