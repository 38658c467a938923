import { createHash, createHmac, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../src/sandbox/gate.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';

/** A stand-in for the service's edge: remembers what reaches it. */
const received: { path: string; headers: Record<string, string>; body: string }[] = [];
const edgeServer = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  received.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') });
  response.end('seen');
});

let sandbox: Sandbox;
let edge: string;

beforeAll(async () => {
  await new Promise<void>(resolve => edgeServer.listen(0, '127.0.0.1', resolve));
  edge = `http://127.0.0.1:${(edgeServer.address() as AddressInfo).port}`;
  sandbox = await startSandbox();
  sandbox.useEdge(edge);
});

afterAll(async () => {
  await sandbox?.stop();
  edgeServer.closeAllConnections();
  await new Promise(resolve => edgeServer.close(resolve));
});

interface Json {
  [name: string]: Json;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Json) : {};
  return { status: response.status, headers: response.headers, text, json };
}

const get = (url: string, token: string): Promise<Answer> =>
  call(url, { headers: { authorization: `Bearer ${token}` } });

const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
  call(url, { method: 'POST', body: new URLSearchParams(fields), headers });

const graphql = (authorization: string, query: string): Promise<Answer> =>
  call(`${sandbox.endpoints.linear.api}/graphql`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });

interface Flow {
  authorizeUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  params: Record<string, string>;
}

function flows(from = sandbox): Record<string, Flow> {
  const { endpoints: e, seeds: s } = from;
  return {
    slack: {
      authorizeUrl: e.slack.authorize,
      tokenUrl: `${e.slack.api}/oauth.v2.access`,
      params: { scope: 'chat:write,channels:read' },
      ...s.slack,
    },
    github: {
      authorizeUrl: `${e.github.web}/login/oauth/authorize`,
      tokenUrl: `${e.github.web}/login/oauth/access_token`,
      params: { scope: 'repo' },
      ...s.github,
    },
    linear: {
      authorizeUrl: `${e.linear.web}/oauth/authorize`,
      tokenUrl: `${e.linear.api}/oauth/token`,
      params: { scope: 'read,write' },
      ...s.linear,
    },
    google_sheets: {
      authorizeUrl: `${e.google_sheets.accounts}/o/oauth2/v2/auth`,
      tokenUrl: `${e.google_sheets.oauth}/token`,
      params: {
        scope:
          'openid email https://www.googleapis.com/auth/spreadsheets https://www.googleapis.com/auth/drive.metadata.readonly',
        access_type: 'offline',
        prompt: 'consent',
      },
      ...s.google_sheets,
    },
    jira: {
      authorizeUrl: `${e.jira.auth}/authorize`,
      tokenUrl: `${e.jira.auth}/oauth/token`,
      params: { scope: 'read:jira-work read:jira-user offline_access', audience: 'api.atlassian.com' },
      ...s.jira,
    },
  };
}

/** Follows the authorize redirect to the edge and returns what arrived there. */
async function consent(provider: string, flow: Flow, challenge?: string): Promise<URLSearchParams> {
  const url = new URL(flow.authorizeUrl);
  const redirect = `${edge}/v1/provider/${provider}/callback`;
  const common = { client_id: flow.clientId, redirect_uri: redirect, response_type: 'code', state: 'st-1' };
  const pkce: Record<string, string> =
    challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' };
  url.search = new URLSearchParams({ ...flow.params, ...common, ...pkce }).toString();
  const page = await call(url.href);
  expect(page.text).toBe('seen');
  return new URL(received.at(-1)!.path, edge).searchParams;
}

function redeem(provider: string, flow: Flow, code: string, verifier?: string): Promise<Answer> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: `${edge}/v1/provider/${provider}/callback`,
    client_id: flow.clientId,
    client_secret: flow.clientSecret,
    ...(verifier !== undefined && { code_verifier: verifier }),
  };
  return form(flow.tokenUrl, fields, { accept: 'application/json' });
}

async function connect(provider: string, from = sandbox): Promise<{ access: string; refresh: string; answer: Answer }> {
  const flow = flows(from)[provider]!;
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const back = await consent(provider, flow, challenge);
  const answer = await redeem(provider, flow, back.get('code')!, verifier);
  return { answer, access: String(answer.json.access_token), refresh: String(answer.json.refresh_token) };
}

function renew(provider: string, refresh: string): Promise<Answer> {
  const { tokenUrl, clientId, clientSecret } = flows()[provider]!;
  const fields = {
    grant_type: 'refresh_token',
    refresh_token: refresh,
    client_id: clientId,
    client_secret: clientSecret,
  };
  return form(tokenUrl, fields, { accept: 'application/json' });
}

/** One authorized read per provider, and whether its answer means the token was accepted. */
const reads: Record<string, (token: string) => Promise<{ status: number; ok: boolean; body: Json }>> = {
  slack: token => shown(get(`${sandbox.endpoints.slack.api}/auth.test`, token)),
  github: token => shown(get(`${sandbox.endpoints.github.api}/user`, token)),
  linear: token => shown(graphql(`Bearer ${token}`, '{ organization { id name } }')),
  google_sheets: token => shown(get(`${sandbox.endpoints.google_sheets.userinfo}/v1/userinfo`, token)),
  jira: token => shown(get(`${sandbox.endpoints.jira.api}/oauth/token/accessible-resources`, token)),
  openai: token => shown(get(`${sandbox.endpoints.openai.api}/v1/models`, token)),
};

async function shown(pending: Promise<Answer>): Promise<{ status: number; ok: boolean; body: Json }> {
  const { status, json } = await pending;
  return { status, ok: status === 200 && (json.ok as unknown) !== false, body: json };
}

describe('tokens', () => {
  test.each([
    ['slack', 200, { ok: false, error: 'invalid_auth' }],
    ['github', 401, { message: 'Bad credentials' }],
    ['linear', 401, { errors: [{ extensions: { code: 'AUTHENTICATION_ERROR' } }] }],
    ['google_sheets', 401, { error: { code: 401, status: 'UNAUTHENTICATED' } }],
    ['jira', 401, { code: 401, message: 'Unauthorized' }],
    ['openai', 401, { error: { code: 'invalid_api_key' } }],
  ])('a token %s never made is refused in its own way', async (provider, status, body) => {
    const answer = await reads[provider]!('xoxb-not-ours');
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(body);
  });

  test('seeded keys are accepted, and Linear wants its key without Bearer', async () => {
    const { slack, github, linear, openai } = sandbox.seeds;
    expect((await reads.slack!(slack.botToken)).body).toMatchObject({
      team: 'Acme',
      team_id: slack.workspaces[0]!.teamId,
    });
    expect((await reads.github!(github.personalToken)).body.login).toBe(github.user);
    expect((await reads.openai!(openai.platformKey)).ok && (await reads.openai!(openai.projectKey)).ok).toBe(true);
    const query = '{ organization { id name } teams { nodes { id key } } }';
    const { data } = (await graphql(linear.apiKey, query)).json as { data: Json };
    const { id, name, teams } = linear.organizations[0]!;
    expect(data).toMatchObject({ organization: { id, name } });
    expect(data.teams!.nodes).toEqual(teams.map(team => ({ id: team.id, key: team.key })));
    expect((await graphql(`Bearer ${linear.apiKey}`, query)).status).toBe(400);
  });
});

describe('the OAuth code flow', () => {
  const providers = ['slack', 'github', 'linear', 'google_sheets', 'jira'];

  test.each(providers)(
    '%s hands out a working token to whoever follows the redirect with the right verifier',
    async provider => {
      const { answer, access } = await connect(provider);
      expect(answer.status).toBe(200);
      expect(new URL(received.at(-1)!.path, edge).searchParams.get('state')).toBe('st-1');
      expect((await reads[provider]!(access)).ok).toBe(true);
    },
  );

  test.each(providers)('%s refuses a wrong verifier, a missing one, and the code after that', async provider => {
    const flow = flows()[provider]!;
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    for (const wrong of ['x'.repeat(43), undefined]) {
      const code = (await consent(provider, flow, challenge)).get('code')!;
      const refused = await redeem(provider, flow, code, wrong);
      expect(refused.json.access_token).toBeUndefined();
      expect(refused.json.error).toBeDefined();
      expect((await redeem(provider, flow, code, verifier)).json.access_token).toBeUndefined();
    }
  });

  test.each(providers)('%s refuses a replayed code and withdraws what it bought', async provider => {
    const flow = flows()[provider]!;
    const code = (await consent(provider, flow)).get('code')!;
    const first = await redeem(provider, flow, code);
    const access = String(first.json.access_token);
    expect((await reads[provider]!(access)).ok).toBe(true);
    expect((await redeem(provider, flow, code)).json.access_token).toBeUndefined();
    expect((await reads[provider]!(access)).ok).toBe(false);
  });

  test.each(providers)('%s refuses a wrong client secret and a foreign redirect', async provider => {
    const flow = flows()[provider]!;
    const code = (await consent(provider, flow)).get('code')!;
    const refused = await redeem(provider, { ...flow, clientSecret: 'wrong' }, code);
    expect(refused.json.access_token).toBeUndefined();
    const url = new URL(flow.authorizeUrl);
    const redirect_uri = 'http://127.0.0.1:9/elsewhere';
    url.search = new URLSearchParams({ ...flow.params, client_id: flow.clientId, redirect_uri }).toString();
    expect((await call(url.href, { redirect: 'manual' })).status).toBe(400);
  });

  test('the next consent can deny, choose another account, grant less and live shortly', async () => {
    const flow = flows().linear!;
    sandbox.approve({ provider: 'linear', deny: true });
    const denied = await consent('linear', flow);
    expect([denied.get('error'), denied.get('code'), denied.get('state')]).toEqual(['access_denied', null, 'st-1']);

    sandbox.approve({ provider: 'linear', account: 'Globex', scopes: ['read'], lifeSeconds: 0, withoutRefresh: true });
    const { answer } = await connect('linear');
    expect(answer.json).toMatchObject({ scope: 'read', expires_in: 0 });
    expect(answer.json.refresh_token).toBeUndefined();
    expect((await reads.linear!(String(answer.json.access_token))).status).toBe(401);

    sandbox.approve({ provider: 'slack', account: 'Globex', scopes: ['users:read'] });
    const slack = await connect('slack');
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
    const { refresh } = await connect(provider);
    const renewed = await renew(provider, refresh);
    expect((await reads[provider]!(String(renewed.json.access_token))).ok).toBe(true);
    expect(renewed.json.refresh_token).not.toBe(refresh);
    const again = await renew(provider, refresh);
    expect([again.status, again.json.error]).toEqual([status, 'invalid_grant']);
    expect((await renew(provider, String(renewed.json.refresh_token))).status).toBe(200);
  });

  test('of five refreshes at once one succeeds', async () => {
    const { refresh } = await connect('jira');
    const answers = await Promise.all(Array.from({ length: 5 }, () => renew('jira', refresh)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403]);
  });

  test('Google keeps the refresh token and gives none without offline consent', async () => {
    const { refresh } = await connect('google_sheets');
    const renewed = await renew('google_sheets', refresh);
    expect(renewed.json.refresh_token).toBeUndefined();
    expect((await renew('google_sheets', refresh)).status).toBe(200);
    const flow = flows().google_sheets!;
    const { access_type: _, ...online } = flow.params;
    const code = (await consent('google_sheets', { ...flow, params: online })).get('code')!;
    expect((await redeem('google_sheets', flow, code)).json.refresh_token).toBeUndefined();
  });

  test('expiry from outside ends access tokens only', async () => {
    const { access, refresh } = await connect('linear');
    expect(sandbox.expire('linear')).toBeGreaterThan(0);
    expect((await reads.linear!(access)).status).toBe(401);
    expect((await renew('linear', refresh)).status).toBe(200);
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
    const { access, refresh } = await connect(provider);
    expect((await reads[provider]!(access)).ok).toBe(true);
    expect((await revoke(access, refresh)).status).toBeLessThan(300);
    expect((await reads[provider]!(access)).ok).toBe(false);
    const again = await revoke(access, refresh);
    expect(provider === 'slack' ? again.json.error : again.status).toBe(
      provider === 'slack' ? 'token_revoked' : refusals[provider],
    );
  });

  test('a person can withdraw consent at the vendor', async () => {
    const { access, refresh } = await connect('jira');
    expect(sandbox.revoke('jira')).toBeGreaterThan(1);
    expect((await reads.jira!(access)).status).toBe(401);
    expect((await renew('jira', refresh)).status).toBe(403);
  });

  function deleteGitHubToken(access_token: string): Promise<Answer> {
    const { clientId, clientSecret } = sandbox.seeds.github;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const url = `${sandbox.endpoints.github.api}/applications/${clientId}/token`;
    return call(url, { method: 'DELETE', headers: { authorization }, body: JSON.stringify({ access_token }) });
  }
});

describe('the GitHub App', () => {
  const jwt = (claims: Record<string, unknown> = {}, key = sandbox.seeds.github.privateKey): string => {
    const seconds = Math.floor(Date.now() / 1000);
    const body = { iss: String(sandbox.seeds.github.appId), iat: seconds - 30, exp: seconds + 540, ...claims };
    const parts = [{ alg: 'RS256', typ: 'JWT' }, body].map(part =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signature = sign('RSA-SHA256', Buffer.from(parts.join('.')), createPrivateKey(key)).toString('base64url');
    return [...parts, signature].join('.');
  };
  const app = (path: string, token: string, method = 'GET'): Promise<Answer> =>
    call(`${sandbox.endpoints.github.api}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  const mint = async (id: number): Promise<string> => {
    const minted = await app(`/app/installations/${id}/access_tokens`, jwt(), 'POST');
    expect(minted.status).toBe(201);
    return String(minted.json.token);
  };

  test('is installed by following the redirect', async () => {
    const { slug, accounts } = sandbox.seeds.github;
    await call(`${sandbox.endpoints.github.web}/apps/${slug}/installations/new?state=st-2`);
    const back = new URL(received.at(-1)!.path, edge);
    expect(back.pathname).toBe('/v1/provider/github/callback');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      state: 'st-2',
      installation_id: String(accounts[0]!.installationId),
      setup_action: 'install',
    });
  });

  test('mints a token with its JWT and reads the installation', async () => {
    const { installationId, login } = sandbox.seeds.github.accounts[0]!;
    const found = await app(`/app/installations/${installationId}`, jwt());
    expect(found.json.account).toMatchObject({ login, type: 'Organization' });
    expect(await mint(installationId)).toMatch(/^ghs_/);
  });

  test.each<[string, () => string]>([
    ['another key', () => jwt({}, sandbox.seeds.google_sheets.serviceAccount.private_key)],
    ['another issuer', () => jwt({ iss: '1' })],
    ['an expired one', () => jwt({ exp: Math.floor(Date.now() / 1000) - 120 })],
    ['a life of an hour', () => jwt({ exp: Math.floor(Date.now() / 1000) + 3600 })],
    ['no JWT', () => sandbox.seeds.github.personalToken],
  ])('is refused with %s', async (_, token) => {
    const { installationId } = sandbox.seeds.github.accounts[0]!;
    expect((await app(`/app/installations/${installationId}`, token())).status).toBe(401);
    expect((await app(`/app/installations/${installationId}/access_tokens`, token(), 'POST')).status).toBe(401);
  });

  test('lists the repositories of an installation page by page', async () => {
    const { installationId, login, repositories } = sandbox.seeds.github.accounts[0]!;
    const token = await mint(installationId);
    const names: string[] = [];
    let next: string | undefined = `${sandbox.endpoints.github.api}/installation/repositories?per_page=2`;
    while (next !== undefined) {
      const page: Answer = await get(next, token);
      expect(page.json.total_count).toBe(repositories.length);
      names.push(...(page.json.repositories as unknown as { full_name: string }[]).map(each => each.full_name));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(names).toEqual(repositories.map(name => `${login}/${name}`));
    expect((await get(`${sandbox.endpoints.github.api}/installation/repositories`, 'ghs_x')).status).toBe(401);
  });

  test('loses its tokens and its installation when uninstalled, until it is installed again', async () => {
    const { installationId, login } = sandbox.seeds.github.accounts[1]!;
    const token = await mint(installationId);
    const path = `/app/installations/${installationId}`;
    expect((await app(path, jwt(), 'DELETE')).status).toBe(204);
    expect((await get(`${sandbox.endpoints.github.api}/installation/repositories`, token)).status).toBe(401);
    expect((await app(`${path}/access_tokens`, jwt(), 'POST')).status).toBe(404);
    sandbox.approve({ provider: 'github', account: login });
    await call(`${sandbox.endpoints.github.web}/apps/${sandbox.seeds.github.slug}/installations/new`);
    expect((await app(path, jwt())).status).toBe(200);
  });
});

describe('Slack', () => {
  const list = async (send: (params: Record<string, string>) => Promise<Answer>): Promise<string[]> => {
    const ids: string[] = [];
    let cursor = '';
    do {
      const { json } = await send({ limit: '4', types: 'public_channel,private_channel', ...(cursor && { cursor }) });
      ids.push(...(json.channels as unknown as { id: string }[]).map(({ id }) => id));
      cursor = String(json.response_metadata!.next_cursor);
    } while (cursor !== '');
    return ids;
  };

  test('pages through its channels by GET and by POST', async () => {
    const { botToken, workspaces } = sandbox.seeds.slack;
    const url = `${sandbox.endpoints.slack.api}/conversations.list`;
    const wanted = workspaces[0]!.channels.map(({ id }) => id).sort();
    expect(wanted.length).toBeGreaterThanOrEqual(12);
    const byGet = await list(params => get(`${url}?${new URLSearchParams(params)}`, botToken));
    const byPost = await list(params => form(url, params, { authorization: `Bearer ${botToken}` }));
    expect(byGet.toSorted()).toEqual(wanted);
    expect(byPost).toEqual(byGet);
  });

  test('answers conversations.info and users.list by GET, with archived and private marked', async () => {
    const { botToken, workspaces } = sandbox.seeds.slack;
    const { channels, users } = workspaces[0]!;
    for (const channel of channels.filter(({ isPrivate, isArchived }) => isPrivate || isArchived)) {
      const { json } = await get(`${sandbox.endpoints.slack.api}/conversations.info?channel=${channel.id}`, botToken);
      expect(json.channel).toMatchObject({
        name: channel.name,
        is_private: channel.isPrivate,
        is_archived: channel.isArchived,
      });
    }
    const { json } = await get(`${sandbox.endpoints.slack.api}/users.list?limit=100`, botToken);
    expect((json.members as unknown as Json[]).map(({ id }) => id)).toEqual(
      expect.arrayContaining(users.map(({ id }) => id)),
    );
    expect((await get(`${sandbox.endpoints.slack.api}/no.such`, botToken)).json.error).toBe('unknown_method');
  });

  test('shows the message the bot posted', async () => {
    const { access } = await connect('slack');
    const channel = sandbox.seeds.slack.workspaces[0]!.channels.find(({ name }) => name === 'deploys')!.id;
    const posted = await call(`${sandbox.endpoints.slack.api}/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, text: 'shipped 1.4.0' }),
    });
    expect(posted.json).toMatchObject({ ok: true, channel });
    expect((await sandbox.slackMessages(channel))[0]).toMatchObject({ text: 'shipped 1.4.0', ts: posted.json.ts });
  });
});

describe('Google, Jira and Clay', () => {
  test('a service account gets a token for a well-signed assertion only', async () => {
    const { client_email, private_key, token_uri } = sandbox.seeds.google_sheets.serviceAccount;
    const assertion = (key: string, claims: Record<string, unknown> = {}): string => {
      const iat = Math.floor(Date.now() / 1000);
      const scope =
        'https://www.googleapis.com/auth/spreadsheets https://www.googleapis.com/auth/drive.metadata.readonly';
      const body = { iss: client_email, scope, aud: token_uri, iat, exp: iat + 3600, ...claims };
      const parts = [{ alg: 'RS256' }, body].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'));
      return [...parts, sign('RSA-SHA256', Buffer.from(parts.join('.')), key).toString('base64url')].join('.');
    };
    const ask = (jwt: string): Promise<Answer> =>
      form(token_uri, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
    expect((await ask(assertion(sandbox.seeds.github.privateKey))).json.error).toBe('invalid_grant');
    expect((await ask(assertion(private_key, { aud: 'https://elsewhere.example' }))).json.error).toBe('invalid_grant');
    const granted = await ask(assertion(private_key));
    const token = String(granted.json.access_token);
    const [shared, notShared] = sandbox.seeds.google_sheets.spreadsheets;
    const q = encodeURIComponent("mimeType='application/vnd.google-apps.spreadsheet'");
    const files = await get(`${sandbox.endpoints.google_sheets.drive}/drive/v3/files?q=${q}`, token);
    expect(files.json.files).toMatchObject([{ id: shared!.id, name: shared!.name }]);
    const file = `${sandbox.endpoints.google_sheets.drive}/drive/v3/files/`;
    expect((await get(file + shared!.id, token)).json.name).toBe(shared!.name);
    expect((await get(file + notShared!.id, token)).status).toBe(404);
    const sheets = `${sandbox.endpoints.google_sheets.sheets}/v4/spreadsheets`;
    const opened = await get(`${sheets}/${shared!.id}?fields=sheets.properties`, token);
    expect((opened.json.sheets as unknown as Json[]).map(({ properties }) => properties!.title)).toEqual([
      'Deploys',
      'Owners',
    ]);
    expect((await get(`${sheets}/${notShared!.id}`, token)).status).toBe(403);
    expect((await get(`${sheets}/nope`, token)).status).toBe(404);
  });

  test('Drive finds by name, pages, and gives nextPageToken when asked for it', async () => {
    const { access } = await connect('google_sheets');
    const files = (query: Record<string, string>): Promise<Answer> =>
      get(`${sandbox.endpoints.google_sheets.drive}/drive/v3/files?${new URLSearchParams(query)}`, access);
    expect((await files({ q: "name contains 'lead' and trashed=false" })).json.files).toMatchObject([
      { name: 'Leads' },
    ]);
    const first = await files({ pageSize: '1', fields: 'nextPageToken,files(id,name)' });
    expect((await files({ pageSize: '1', fields: 'files(id,name)' })).json.nextPageToken).toBeUndefined();
    const second = await files({
      pageSize: '1',
      fields: 'nextPageToken,files',
      pageToken: String(first.json.nextPageToken),
    });
    expect([first, second].flatMap(({ json }) => (json.files as unknown as Json[]).map(({ name }) => name))).toEqual([
      'Deploy log',
      'Leads',
    ]);
    expect(second.json.nextPageToken).toBeUndefined();
  });

  test('Jira lists sites and pages through projects by offset', async () => {
    const { access } = await connect('jira');
    const { cloudId, projects, url } = sandbox.seeds.jira.sites[0]!;
    const sites = await get(`${sandbox.endpoints.jira.api}/oauth/token/accessible-resources`, access);
    expect(sites.json).toMatchObject([{ id: cloudId, url }]);
    const api = `${sandbox.endpoints.jira.api}/ex/jira/${cloudId}/rest/api/3`;
    expect((await get(`${api}/myself`, access)).json.active).toBe(true);
    const keys = (page: Answer): unknown[] => (page.json.values as unknown as Json[]).map(({ key }) => key);
    const first = await get(`${api}/project/search?maxResults=2`, access);
    const last = await get(`${api}/project/search?maxResults=2&startAt=2`, access);
    expect([first.json.isLast, last.json.isLast]).toEqual([false, true]);
    expect([...keys(first), ...keys(last)]).toEqual(projects.map(({ key }) => key));
    expect(keys(await get(`${api}/project/search?query=mobile`, access))).toEqual(['APP']);
    const foreign = sandbox.seeds.jira.sites[1]!.cloudId;
    expect((await get(api.replace(cloudId, foreign) + '/myself', access)).status).toBe(404);
  });

  test('Clay takes rows, and with the auth header where one is set', async () => {
    const { webhookUrl, guardedWebhookUrl, authHeaderName, authHeaderValue } = sandbox.seeds.clay;
    const submit = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
      call(url, { method: 'POST', headers, body: '{"name":"Ada"}' });
    expect((await submit(webhookUrl)).status).toBe(200);
    expect((await submit(guardedWebhookUrl)).status).toBe(401);
    expect((await submit(guardedWebhookUrl, { [authHeaderName]: authHeaderValue })).status).toBe(200);
    expect(sandbox.clayRows.map(({ body }) => body)).toEqual(['{"name":"Ada"}', '{"name":"Ada"}']);
  });
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
    const { refresh } = await connect('linear');
    sandbox.inject({ provider: 'linear', path: /token/, afterWork: true, reset: true });
    await expect(renew('linear', refresh)).rejects.toThrow('fetch failed');
    expect((await renew('linear', refresh)).json.error).toBe('invalid_grant');
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
    const delivered = await sandbox.deliver(provider, { event, to: edge, ...more });
    const arrived = received.at(-1)!;
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

test('a restart on the same state file keeps address, secrets, tokens and ids', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  try {
    const state = join(folder, 'sandbox.json');
    const first = await startSandbox({ state });
    const { access } = await connect('slack', first);
    const { access: revoked } = await connect('slack', first);
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
