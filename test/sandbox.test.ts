import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../src/sandbox/gate.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import {
  type Answer,
  call,
  type Edge,
  form,
  get,
  type Json,
  newPkce,
  openEdge,
  openVisitor,
  type Visitor,
} from './sandbox-visitor.ts';

let sandbox: Sandbox;
let edge: Edge;
let visitor: Visitor;

beforeAll(async () => {
  edge = await openEdge();
  sandbox = await startSandbox();
  sandbox.useEdge(edge.url);
  visitor = openVisitor(sandbox, edge);
});

afterAll(async () => {
  await sandbox?.stop();
  await edge?.close();
});

describe('tokens', () => {
  test.each([
    ['slack', 200, { ok: false, error: 'invalid_auth' }],
    ['github', 401, { message: 'Bad credentials' }],
    ['linear', 401, { errors: [{ extensions: { code: 'AUTHENTICATION_ERROR' } }] }],
    ['google_sheets', 401, { error: { code: 401, status: 'UNAUTHENTICATED' } }],
    ['jira', 401, { code: 401, message: 'Unauthorized' }],
    ['openai', 401, { error: { code: 'invalid_api_key' } }],
  ])('a token %s never made is refused in its own way', async (provider, status, body) => {
    const answer = await visitor.read(provider, 'xoxb-not-ours');
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(body);
  });

  test('seeded keys are accepted, and Linear wants its key without Bearer', async () => {
    const { slack, github, linear, openai } = sandbox.seeds;
    expect((await visitor.read('slack', slack.botToken)).body).toMatchObject({
      team: 'Acme',
      team_id: slack.workspaces[0]!.teamId,
    });
    expect((await visitor.read('github', github.personalToken)).body.login).toBe(github.user);
    expect(
      (await visitor.read('openai', openai.platformKey)).ok && (await visitor.read('openai', openai.projectKey)).ok,
    ).toBe(true);
    const query = '{ organization { id name } teams { nodes { id key } } }';
    const { data } = (await visitor.graphql(linear.apiKey, query)).json as { data: Json };
    const { id, name, teams } = linear.organizations[0]!;
    expect(data).toMatchObject({ organization: { id, name } });
    expect(data.teams!.nodes).toEqual(teams.map(team => ({ id: team.id, key: team.key })));
    expect((await visitor.graphql(`Bearer ${linear.apiKey}`, query)).status).toBe(400);
  });
});

describe('the OAuth code flow', () => {
  const providers = ['slack', 'github', 'linear', 'google_sheets', 'jira'];

  test.each(providers)(
    '%s hands out a working token to whoever follows the redirect with the right verifier',
    async provider => {
      const { answer, access } = await visitor.connect(provider);
      expect(answer.status).toBe(200);
      expect(new URL(edge.received.at(-1)!.path, edge.url).searchParams.get('state')).toBe('st-1');
      expect((await visitor.read(provider, access)).ok).toBe(true);
    },
  );

  test.each(providers)('%s refuses a wrong verifier, a missing one, and the code after that', async provider => {
    const flow = visitor.flow(provider);
    const { verifier, challenge } = newPkce();
    for (const wrong of ['x'.repeat(43), undefined]) {
      const code = (await visitor.consent(provider, flow, challenge)).get('code')!;
      const refused = await visitor.redeem(flow, provider, code, wrong);
      expect(refused.json.access_token).toBeUndefined();
      expect(refused.json.error).toBeDefined();
      expect((await visitor.redeem(flow, provider, code, verifier)).json.access_token).toBeUndefined();
    }
  });

  test.each(providers)('%s refuses a replayed code and withdraws what it bought', async provider => {
    const flow = visitor.flow(provider);
    const code = (await visitor.consent(provider, flow)).get('code')!;
    const first = await visitor.redeem(flow, provider, code);
    const access = String(first.json.access_token);
    expect((await visitor.read(provider, access)).ok).toBe(true);
    expect((await visitor.redeem(flow, provider, code)).json.access_token).toBeUndefined();
    expect((await visitor.read(provider, access)).ok).toBe(false);
  });

  test.each(providers)('%s refuses a wrong client secret and a foreign redirect', async provider => {
    const flow = visitor.flow(provider);
    const code = (await visitor.consent(provider, flow)).get('code')!;
    const refused = await visitor.redeem({ ...flow, clientSecret: 'wrong' }, provider, code);
    expect(refused.json.access_token).toBeUndefined();
    const url = new URL(flow.authorizeUrl);
    const redirect_uri = 'http://127.0.0.1:9/elsewhere';
    url.search = new URLSearchParams({ ...flow.params, client_id: flow.clientId, redirect_uri }).toString();
    expect((await call(url.href, { redirect: 'manual' })).status).toBe(400);
  });

  test('the next consent can deny, choose another account, grant less and live shortly', async () => {
    const flow = visitor.flow('linear');
    sandbox.approve({ provider: 'linear', deny: true });
    const denied = await visitor.consent('linear', flow);
    expect([denied.get('error'), denied.get('code'), denied.get('state')]).toEqual(['access_denied', null, 'st-1']);

    sandbox.approve({ provider: 'linear', account: 'Globex', scopes: ['read'], lifeSeconds: 0, refresh: false });
    const { answer } = await visitor.connect('linear');
    expect(answer.json).toMatchObject({ scope: 'read', expires_in: 0 });
    expect(answer.json.refresh_token).toBeUndefined();
    expect((await visitor.read('linear', String(answer.json.access_token))).status).toBe(401);

    sandbox.approve({ provider: 'slack', account: 'Globex', scopes: ['users:read'] });
    const slack = await visitor.connect('slack');
    expect(slack.answer.json.team).toMatchObject({ id: sandbox.seeds.slack.workspaces[1]!.teamId, name: 'Globex' });
    expect((await get(`${sandbox.endpoints.slack.api}/conversations.list`, slack.access)).json).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:read',
    });
  });
});

describe('refresh tokens', () => {
  test.each([
    ['linear', 400],
    ['jira', 403],
  ])('%s rotates: the new one works, the old one is refused', async (provider, status) => {
    const { refresh } = await visitor.connect(provider);
    const renewed = await visitor.renew(provider, refresh);
    expect((await visitor.read(provider, String(renewed.json.access_token))).ok).toBe(true);
    expect(renewed.json.refresh_token).not.toBe(refresh);
    const again = await visitor.renew(provider, refresh);
    expect([again.status, again.json.error]).toEqual([status, 'invalid_grant']);
    expect((await visitor.renew(provider, String(renewed.json.refresh_token))).status).toBe(200);
  });

  test('of five refreshes at once one succeeds', async () => {
    const { refresh } = await visitor.connect('jira');
    const answers = await Promise.all(Array.from({ length: 5 }, () => visitor.renew('jira', refresh)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403]);
  });

  test('Google keeps the refresh token and gives none without offline consent', async () => {
    const { refresh } = await visitor.connect('google_sheets');
    const renewed = await visitor.renew('google_sheets', refresh);
    expect(renewed.json.refresh_token).toBeUndefined();
    expect((await visitor.renew('google_sheets', refresh)).status).toBe(200);
    const flow = visitor.flow('google_sheets');
    const { access_type: _, ...online } = flow.params;
    const code = (await visitor.consent('google_sheets', { ...flow, params: online })).get('code')!;
    expect((await visitor.redeem(flow, 'google_sheets', code)).json.refresh_token).toBeUndefined();
  });

  test('Slack gives one only to an app with token rotation on', async () => {
    expect((await visitor.connect('slack')).answer.json.refresh_token).toBeUndefined();
    sandbox.approve({ provider: 'slack', refresh: true });
    const { answer, refresh } = await visitor.connect('slack');
    expect(answer.json.expires_in).toBe(43_200);
    expect((await visitor.renew('slack', refresh)).json).toMatchObject({ ok: true, expires_in: 43_200 });
    expect((await visitor.renew('slack', refresh)).json).toEqual({ ok: false, error: 'invalid_refresh_token' });
  });

  test('expiry from outside ends access tokens only', async () => {
    const { access, refresh } = await visitor.connect('linear');
    expect(sandbox.expire('linear')).toBeGreaterThan(0);
    expect((await visitor.read('linear', access)).status).toBe(401);
    expect((await visitor.renew('linear', refresh)).status).toBe(200);
  });
});

describe('revocation', () => {
  const refusals: Record<string, number> = { linear: 400, google_sheets: 400, github: 404 };

  test.each<[string, (access: string, refresh: string) => Promise<Answer>]>([
    ['slack', access => get(`${sandbox.endpoints.slack.api}/auth.revoke`, access)],
    ['linear', access => form(`${sandbox.endpoints.linear.api}/oauth/revoke`, { token: access })],
    ['google_sheets', (_, refresh) => form(`${sandbox.endpoints.google_sheets.oauth}/revoke`, { token: refresh })],
    ['github', access => deleteGitHubToken(access)],
  ])('%s forgets the token', async (provider, revoke) => {
    const { access, refresh } = await visitor.connect(provider);
    expect((await visitor.read(provider, access)).ok).toBe(true);
    expect((await revoke(access, refresh)).status).toBeLessThan(300);
    expect((await visitor.read(provider, access)).ok).toBe(false);
    const again = await revoke(access, refresh);
    expect(provider === 'slack' ? again.json.error : again.status).toBe(
      provider === 'slack' ? 'token_revoked' : refusals[provider],
    );
  });

  test('a person can withdraw consent at the vendor', async () => {
    const { access, refresh } = await visitor.connect('jira');
    expect(sandbox.revoke('jira')).toBeGreaterThan(1);
    expect((await visitor.read('jira', access)).status).toBe(401);
    expect((await visitor.renew('jira', refresh)).status).toBe(403);
  });

  function deleteGitHubToken(access_token: string): Promise<Answer> {
    const { clientId, clientSecret } = sandbox.seeds.github;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const url = `${sandbox.endpoints.github.api}/applications/${clientId}/token`;
    return call(url, { method: 'DELETE', headers: { authorization }, body: JSON.stringify({ access_token }) });
  }
});

describe('faults and the log', () => {
  const models = (): Promise<Answer> =>
    get(`${sandbox.endpoints.openai.api}/v1/models`, sandbox.seeds.openai.projectKey);

  test('strike as often as told, then the vendor answers again', async () => {
    sandbox.inject({ provider: 'openai', path: /models/, times: 2, status: 429, headers: { 'Retry-After': '7' } });
    const answers = [await models(), await models(), await models()];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]!.headers.get('retry-after')).toBe('7');
  });

  test('can be nonsense, a reset, a delay or silence', async () => {
    sandbox.inject({
      provider: 'openai',
      status: 200,
      body: '<html>',
      headers: { 'Content-Type': 'application/json' },
    });
    await expect(models()).rejects.toThrow(SyntaxError);
    sandbox.inject({ provider: 'openai', reset: true });
    await expect(models()).rejects.toThrow('fetch failed');
    sandbox.inject({ provider: 'openai', delayMs: 50 });
    const started = performance.now();
    expect((await models()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(49);
    sandbox.inject({ provider: 'openai', hang: true });
    const signal = AbortSignal.timeout(100);
    await expect(fetch(`${sandbox.endpoints.openai.api}/v1/models`, { signal })).rejects.toThrow('timeout');
  });

  test('can lose the answer of work that was done', async () => {
    const { refresh } = await visitor.connect('linear');
    sandbox.inject({ provider: 'linear', path: /token/, afterWork: true, reset: true });
    await expect(visitor.renew('linear', refresh)).rejects.toThrow('fetch failed');
    expect((await visitor.renew('linear', refresh)).json.error).toBe('invalid_grant');
  });

  test('every call is counted, its token only as a fingerprint', async () => {
    const match = { provider: 'openai', method: 'GET', path: /^\/v1\/models$/, status: 200 };
    const before = sandbox.count(match);
    await models();
    expect(sandbox.count(match)).toBe(before + 1);
    expect(sandbox.requests.at(-1)!.authorization).toBe(fingerprint(sandbox.seeds.openai.projectKey));
    expect(JSON.stringify(sandbox.requests)).not.toContain(sandbox.seeds.openai.projectKey);
  });
});

describe('deliveries', () => {
  const hmac = (secret: string | Buffer, text: string, encoding: 'hex' | 'base64'): string =>
    createHmac('sha256', secret).update(text).digest(encoding);
  const deliver = async (provider: string, event: string, more = {}) => {
    const delivered = await sandbox.deliver(provider, { event, to: edge.url, ...more });
    const arrived = edge.received.at(-1)!;
    expect(arrived.path).toBe(`/v1/provider/${provider}/webhook`);
    return { ...arrived, deliveryId: delivered.deliveryId, json: JSON.parse(arrived.body) as Json };
  };

  test('Slack signs timestamp and body', async () => {
    const { headers, body, json, deliveryId } = await deliver('slack', 'app_mention', { payload: { text: 'ship it' } });
    const stamp = headers['x-slack-request-timestamp']!;
    expect(Math.abs(Number(stamp) - Date.now() / 1000)).toBeLessThan(5);
    expect(headers['x-slack-signature']).toBe(
      `v0=${hmac(sandbox.seeds.slack.signingSecret, `v0:${stamp}:${body}`, 'hex')}`,
    );
    expect(json).toMatchObject({
      type: 'event_callback',
      team_id: sandbox.seeds.slack.workspaces[0]!.teamId,
      event_id: deliveryId,
      event: { type: 'app_mention', text: 'ship it' },
    });
  });

  test('GitHub signs its published example, moved to the seeded installation', async () => {
    const { headers, body, json } = await deliver('github', 'issues.opened');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${hmac(sandbox.seeds.github.webhookSecret, body, 'hex')}`);
    expect(headers['x-github-event']).toBe('issues');
    const { installationId, login } = sandbox.seeds.github.accounts[0]!;
    expect(json).toMatchObject({
      action: 'opened',
      installation: { id: installationId },
      repository: { owner: { login } },
    });
  });

  test('Linear signs the body that holds its timestamp', async () => {
    const { headers, body, json, deliveryId } = await deliver('linear', 'Issue.create');
    expect(headers['linear-signature']).toBe(hmac(sandbox.seeds.linear.webhookSecret, body, 'hex'));
    expect(headers['linear-delivery']).toBe(deliveryId);
    expect(json).toMatchObject({
      type: 'Issue',
      action: 'create',
      organizationId: sandbox.seeds.linear.organizations[0]!.id,
    });
    expect(Math.abs(Number(json.webhookTimestamp) - Date.now())).toBeLessThan(5000);
  });

  test('Jira sends a JWT of the app, or an HMAC of the body', async () => {
    const { clientSecret, clientId, webhookSecret } = sandbox.seeds.jira;
    const byApp = await deliver('jira', 'jira:issue_created');
    const [head, claims, signature] = byApp.headers.authorization!.replace('Bearer ', '').split('.');
    expect(signature).toBe(createHmac('sha256', clientSecret).update(`${head}.${claims}`).digest('base64url'));
    expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({ iss: clientId });
    const byAdmin = await deliver('jira', 'jira:issue_created', { scheme: 'hmac' });
    expect(byAdmin.headers['x-hub-signature']).toBe(`sha256=${hmac(webhookSecret, byAdmin.body, 'hex')}`);
    expect(byAdmin.headers.authorization).toBeUndefined();
  });

  test('OpenAI signs as Standard Webhooks', async () => {
    const { headers, body } = await deliver('openai', 'response.completed');
    const key = Buffer.from(sandbox.seeds.openai.webhookSecret.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${hmac(key, signed, 'base64')}`);
  });

  test('can be repeated, forged, aged and stripped', async () => {
    const first = await deliver('github', 'push');
    const second = await deliver('github', 'push', { deliveryId: first.deliveryId });
    expect(second.headers['x-github-delivery']).toBe(first.headers['x-github-delivery']);
    const forged = await deliver('slack', 'message', { secret: 'other', time: new Date(0) });
    expect(forged.headers['x-slack-request-timestamp']).toBe('0');
    expect(forged.headers['x-slack-signature']).toBe(`v0=${hmac('other', `v0:0:${forged.body}`, 'hex')}`);
    const stripped = await deliver('linear', 'Issue.update', { headers: { 'linear-signature': null } });
    expect(stripped.headers['linear-signature']).toBeUndefined();
  });
});

test('a provider finds its own endpoint names moved to the sandbox', () => {
  const { endpoints } = sandbox;
  expect(sandbox.rehost('slack', { web: 'https://slack.com', api: 'https://slack.com/api' })).toEqual(endpoints.slack);
  expect(sandbox.rehost('jira', { auth: 'https://auth.atlassian.com', api: 'https://api.atlassian.com' })).toEqual(
    endpoints.jira,
  );
  expect(sandbox.rehost('openai', { v1: 'https://api.openai.com/v1' })).toEqual({ v1: `${endpoints.openai.api}/v1` });
});

test('a restart on the same state file keeps address, secrets, tokens and ids', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  try {
    const state = join(folder, 'sandbox.json');
    const first = await startSandbox({ state });
    const firstVisitor = openVisitor(first, edge);
    const { access } = await firstVisitor.connect('slack');
    const { access: revoked } = await firstVisitor.connect('slack');
    const url = `${first.endpoints.slack.api}`;
    await get(`${url}/auth.revoke`, revoked);
    const before = await get(`${url}/conversations.list`, access);
    await first.stop();
    const second = await startSandbox({ state });
    try {
      expect(second.url).toBe(first.url);
      expect(second.seeds).toEqual(first.seeds);
      const ids = ({ json }: Answer) => (json.channels as unknown as Json[]).map(({ id }) => id);
      expect(ids(await get(`${url}/conversations.list`, access))).toEqual(ids(before));
      expect((await get(`${url}/auth.test`, revoked)).json.ok).toBe(false);
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a token outlives the 5,000 calls the emulator package would allow it', async () => {
  const { botToken } = sandbox.seeds.slack;
  let failed = 0;
  const worker = async (calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) {
      if ((await get(`${sandbox.endpoints.slack.api}/auth.test`, botToken)).status !== 200) failed++;
    }
  };
  await Promise.all(Array.from({ length: 20 }, () => worker(255)));
  expect(failed).toBe(0);
}, 60_000);
