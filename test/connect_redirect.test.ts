import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConnectKind, ConnectSessionStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { openBrowser } from './browser.ts';
import { countIntegrations } from './count_integrations.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let count = 0;
/** Each test works in a project of its own. */
beforeEach(() => {
  project = `p${++count}`;
});

const integrations = () => world.rpc(IntegrationService);

const stored = () => countIntegrations(world, project);

describe('connecting by redirect', () => {
  async function begin(provider = 'slack', more: object = {}) {
    const answer = await integrations().connectProvider({ project, provider, ...more });
    expect(answer.kind).toBe(ConnectKind.REDIRECT);
    return answer;
  }
  const session = async (id: string) => (await integrations().getConnectSession({ project, session: id })).session;

  test('Slack connects by following the redirect like a browser', async () => {
    const { redirectUrl, sessionId } = await begin();
    const waiting = integrations().waitConnectSession({ project, session: sessionId });
    const page = await openBrowser().open(redirectUrl);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Connected as');
    const { session: done } = await waiting;
    expect(done?.status).toBe(ConnectSessionStatus.COMPLETED);
    const { integration } = await integrations().getIntegration({ project, integration: done?.integrationId });
    expect(integration?.account?.id).toBe(world.seeds.slack.workspaces[0]?.teamId);
    expect(integration?.grantedScopesKnown).toBe(true);
    expect(integration?.grantedScopes).toContain('chat:write');
  });

  test('the GitHub App installs, and its installation is the account', async () => {
    const { redirectUrl, sessionId } = await begin('github');
    expect((await openBrowser().open(redirectUrl)).status).toBe(200);
    const done = await session(sessionId);
    const { integration } = await integrations().getIntegration({ project, integration: done?.integrationId });
    expect(integration?.account?.id).toBe(String(world.seeds.github.accounts[0]?.installationId));
  });

  test("an installation id that is not the person's own is refused", async () => {
    const { redirectUrl, sessionId } = await begin('github');
    const browser = openBrowser();
    const back = await browser.open(redirectUrl, url => url.searchParams.has('installation_id'));
    back.url.searchParams.set('installation_id', String(world.seeds.github.accounts[1]?.installationId));
    expect((await browser.open(back.url.href)).status).toBe(400);
    expect((await session(sessionId))?.errorReason).toBe('CREDENTIAL_REFUSED');
    expect(await stored()).toBe(0);
  });

  test('an installation without a code of the person is refused', async () => {
    const { redirectUrl } = await begin('github');
    const browser = openBrowser();
    const back = await browser.open(redirectUrl, url => url.searchParams.has('installation_id'));
    back.url.searchParams.delete('code');
    expect((await browser.open(back.url.href)).status).toBe(400);
    expect(await stored()).toBe(0);
  });

  test.each(['google_sheets', 'jira', 'linear'])('%s connects by OAuth', async provider => {
    const { redirectUrl, sessionId } = await begin(provider, { authKind: 1 });
    expect((await openBrowser().open(redirectUrl)).status).toBe(200);
    expect((await session(sessionId))?.status).toBe(ConnectSessionStatus.COMPLETED);
  });

  test('a state works once', async () => {
    const { redirectUrl } = await begin();
    const browser = openBrowser();
    const back = await browser.open(redirectUrl, url => url.pathname.endsWith('/callback'));
    expect((await browser.open(back.url.href)).status).toBe(200);
    expect((await browser.open(back.url.href)).status).toBe(400);
    expect(await stored()).toBe(1);
  });

  test('a state is worth nothing in another browser, nor changed, nor for another provider', async () => {
    const { redirectUrl, sessionId } = await begin();
    const browser = openBrowser();
    const { url } = await browser.open(redirectUrl, u => u.pathname.endsWith('/callback'));
    expect((await openBrowser().open(url.href)).status).toBe(400);
    const changed = new URL(url);
    changed.searchParams.set('state', `${url.searchParams.get('state')}x`);
    expect((await browser.open(changed.href)).status).toBe(400);
    expect((await browser.open(url.href.replace('/slack/', '/linear/'))).status).toBe(400);
    expect((await session(sessionId))?.status).toBe(ConnectSessionStatus.PENDING);
    expect((await browser.open(url.href)).status).toBe(200);
  });

  test('a session ends after ten minutes', async () => {
    const { redirectUrl, sessionId } = await begin();
    world.clock.advance(601_000);
    expect((await openBrowser().open(redirectUrl)).status).toBe(400);
    expect((await session(sessionId))?.status).toBe(ConnectSessionStatus.EXPIRED);
  });

  test('a person who refuses leaves a failed session and nothing stored', async () => {
    const { redirectUrl, sessionId } = await begin();
    world.sandbox.approve({ provider: 'slack', deny: true });
    expect((await openBrowser().open(redirectUrl)).status).toBe(400);
    const done = await session(sessionId);
    expect([done?.status, done?.errorReason]).toEqual([ConnectSessionStatus.FAILED, 'CONSENT_DENIED']);
    expect(await stored()).toBe(0);
  });

  test('a token endpoint that answers nonsense leaves a failed session and nothing stored', async () => {
    const { redirectUrl, sessionId } = await begin();
    world.sandbox.inject({ provider: 'slack', path: /oauth\.v2\.access/, status: 200, body: '"what?"' });
    expect((await openBrowser().open(redirectUrl)).status).toBe(400);
    expect((await session(sessionId))?.errorReason).toBe('PROVIDER_ANSWER_INVALID');
    expect(await stored()).toBe(0);
  });

  test('the browser returns only to an allowed origin', async () => {
    expect(await reasonOf(begin('slack', { returnUrl: 'https://evil.example/x' }))).toBe('RETURN_URL_NOT_ALLOWED');
    const { redirectUrl, sessionId } = await begin('slack', { returnUrl: `${world.returnOrigin}/settings?tab=1` });
    const end = await openBrowser().open(redirectUrl, url => url.pathname === '/settings');
    expect(end.url.searchParams.get('connect_session')).toBe(sessionId);
    expect(end.url.searchParams.get('tab')).toBe('1');
  });

  test('a reconnect that comes back as another account changes nothing unless told otherwise', async () => {
    const first = await begin();
    await openBrowser().open(first.redirectUrl);
    const integrationId = (await session(first.sessionId))?.integrationId;
    const other = world.seeds.slack.workspaces[1]?.name ?? '';
    const again = await begin('slack', { integrationId });
    world.sandbox.approve({ provider: 'slack', account: other });
    await openBrowser().open(again.redirectUrl);
    expect((await session(again.sessionId))?.errorReason).toBe('ACCOUNT_MISMATCH');
    const told = await begin('slack', { integrationId, allowOtherAccount: true });
    world.sandbox.approve({ provider: 'slack', account: other });
    await openBrowser().open(told.redirectUrl);
    expect((await session(told.sessionId))?.status).toBe(ConnectSessionStatus.COMPLETED);
    const { integration } = await integrations().getIntegration({ project, integration: integrationId });
    expect(integration?.account?.id).toBe(world.seeds.slack.workspaces[1]?.teamId);
    expect(integration?.credential?.version).toBe(2);
  });
});
