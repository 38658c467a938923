import { createPrivateKey, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import {
  type Answer,
  call,
  type Edge,
  form,
  get,
  type Json,
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
    const back = new URL(edge.received.at(-1)!.path, edge.url);
    expect(back.pathname).toBe('/v1/provider/github/callback');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      state: 'st-2',
      installation_id: String(accounts[0]!.installationId),
      setup_action: 'install',
      code: expect.any(String),
    });
  });

  test('tells the person who installed which installations are theirs, and no other', async () => {
    const { slug, accounts, clientId, clientSecret } = sandbox.seeds.github;
    await call(`${sandbox.endpoints.github.web}/apps/${slug}/installations/new?state=st-3`);
    const code = new URL(edge.received.at(-1)!.path, edge.url).searchParams.get('code') ?? '';
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      client_secret: clientSecret,
    });
    body.set('redirect_uri', `${edge.url}/v1/provider/github/callback`);
    const headers = { accept: 'application/json' };
    const url = `${sandbox.endpoints.github.web}/login/oauth/access_token`;
    const { access_token: token } = (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
      access_token: string;
    };
    const answer = await fetch(`${sandbox.endpoints.github.api}/user/installations`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { installations } = (await answer.json()) as { installations: { id: number }[] };
    expect(installations.map(i => i.id)).toEqual([accounts[0]!.installationId]);
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
    const { access } = await visitor.connect('slack');
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
    const { access } = await visitor.connect('google_sheets');
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
    const { access } = await visitor.connect('jira');
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
