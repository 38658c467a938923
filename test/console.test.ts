import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { openSignInIssuer, SubjectMismatch } from '../src/console/issuer.ts';
import { createSeal } from '../src/console/seal.ts';
import { openIssuer } from '../src/dev/issuer.ts';
import { createTokenVerifier, TokenRefused } from '../src/rpc/token.ts';
import { Secret } from '../src/secret.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let edge: string;

beforeAll(async () => {
  world = await startWorld({ console: true });
  edge = world.edgeUrl;
});
afterAll(() => world.stop());

const page = { 'x-mobius-console': '1', 'sec-fetch-site': 'same-origin' };
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${edge}${path}`, { redirect: 'manual', headers });

const cookieOf = (answer: Response, name: string): string =>
  answer.headers
    .getSetCookie()
    .find(each => each.startsWith(`mobius_${name}=`))
    ?.split(';')[0] ?? '';

/** As far as the issuer's page. */
async function begin(to = '/console/projects/demo/audit?run=1') {
  const answer = await get(`/console/sign-in?to=${encodeURIComponent(to)}`);
  return { flow: cookieOf(answer, 'sign_in'), location: new URL(answer.headers.get('location') ?? ''), answer };
}

/** The click at the issuer: where it sends the browser. */
async function click(location: URL, subject: string): Promise<URL> {
  const chosen = new URL(location);
  chosen.searchParams.set('as', subject);
  const answer = await fetch(chosen, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

async function signIn(subject = 'user:demo') {
  const { flow, location } = await begin();
  const back = await click(location, subject);
  const answer = await get(`${back.pathname}${back.search}`, { cookie: flow });
  return { cookie: cookieOf(answer, 'session'), answer, back, flow };
}

const session = async (headers: Record<string, string>, project = 'demo') =>
  (await (await get(`/console/session?project=${project}`, headers)).json()) as null | {
    identity: string;
    name: string;
    projects: string[];
    permissions: string[];
  };

const call = (path: string, body: object, headers: Record<string, string>) =>
  fetch(`${edge}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const listProviders = '/mobius.integrations.v1.CatalogService/ListProviders';

describe('the page', () => {
  test('is not there unless it is switched on', async () => {
    const other = await startWorld();
    try {
      expect((await fetch(`${other.edgeUrl}/console/`)).status).toBe(404);
      expect((await fetch(`${other.edgeUrl}/console/session`, { headers: page })).status).toBe(404);
    } finally {
      await other.stop();
    }
  });

  test.each([
    '/console/',
    '/console/projects/demo/pickers/slack.channel',
    '/console/session',
    '/console/rpc/x',
    '/console/sign-in',
    '/console/assets/none.js',
  ])('%s runs nothing inline or foreign and stands in nobody’s frame', async path => {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('holds no inline script or style, so that the policy breaks nothing', async () => {
    const text = await (await get('/console/')).text();
    expect(text).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
  });

  test('is packed; its files are kept for good by name, the page itself is asked for again', async () => {
    const index = await get('/console/');
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const path = /\/console\/assets\/[^"]+\.js/.exec(await index.text())?.[0] ?? '';
    const script = await get(path, { 'accept-encoding': 'br' });
    expect(script.headers.get('content-encoding')).toBe('br');
    expect(script.headers.get('cache-control')).toContain('immutable');
    const etag = index.headers.get('etag') ?? '';
    expect((await get('/console/', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('/console/assets/../index.html.br')).status).not.toBe(500);
    expect((await get('/console/assets/none.js')).status).toBe(404);
  });

  test('comes with less than 200 kB of packed script before anything is clicked', async () => {
    const text = await (await get('/console/')).text();
    const scripts = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+\.js)"/g)].map(match => match[1] ?? '');
    expect(scripts.length).toBeGreaterThan(1);
    const packed = scripts.map(path => {
      const file = path.replace('/console/', 'console/dist/');
      return readFileSync(`${file}.gz`).length;
    });
    expect(packed.reduce((sum, each) => sum + each)).toBeLessThan(200_000);
  });
});

describe('signing in', () => {
  test('asks the issuer by code flow with PKCE, state and nonce, and remembers them out of scripts’ reach', async () => {
    const { location, answer } = await begin();
    const asked = Object.fromEntries(location.searchParams);
    expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', client_id: 'mobius-console' });
    expect(asked.redirect_uri).toBe(`${edge}/console/callback`);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]).toMatch(/^[\w-]{43}$/);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/; Path=\/console; HttpOnly; SameSite=Lax; Max-Age=600$/);
    for (const name of ['state', 'nonce'] as const) expect(cookie).not.toContain(asked[name]);
  });

  test('ends where it began, with a cookie that only this page sends and nobody can read', async () => {
    const { answer, cookie } = await signIn();
    expect(answer.headers.get('location')).toBe('/console/projects/demo/audit?run=1');
    const set = answer.headers.getSetCookie().find(each => each.startsWith('mobius_session='));
    expect(set).toMatch(/; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=2\d{4}$/);
    expect(Buffer.from(cookie.split('=')[1] ?? '', 'base64url').toString('latin1')).not.toContain('user:demo');
    expect(await session({ ...page, cookie })).toMatchObject({
      identity: 'user:demo',
      name: 'Demo Manager',
      projects: ['demo'],
      permissions: expect.arrayContaining(['integrations.manage', 'events.manage']),
    });
  });

  test('never leads to another site', async () => {
    for (const to of ['https://evil.example/', '//evil.example/x', '/\\evil.example', '/v1/x', 'javascript:alert(1)']) {
      const { flow, location } = await begin(to);
      const back = await click(location, 'user:demo');
      const answer = await get(`${back.pathname}${back.search}`, { cookie: flow });
      expect(answer.headers.get('location')).toBe('/console/');
    }
  });

  test('takes no answer that this browser did not ask for', async () => {
    const mine = await begin();
    const theirs = await begin();
    const back = await click(theirs.location, 'user:demo');
    for (const cookie of ['', mine.flow]) {
      const answer = await get(`${back.pathname}${back.search}`, { cookie });
      expect(cookieOf(answer, 'session')).toBe('');
      expect(answer.headers.get('location')).toMatch(/^\/console\/\?sign_in=/);
    }
    const own = await click(mine.location, 'user:demo');
    own.searchParams.set('state', 'another');
    const answer = await get(`${own.pathname}${own.search}`, { cookie: mine.flow });
    expect(cookieOf(answer, 'session')).toBe('');
  });

  test('takes each code once', async () => {
    const { back, flow } = await signIn();
    const again = await get(`${back.pathname}${back.search}`, { cookie: flow });
    expect(cookieOf(again, 'session')).toBe('');
  });

  test('that was called off says so', async () => {
    const { flow, location } = await begin();
    const state = location.searchParams.get('state') ?? '';
    const iss = encodeURIComponent(location.origin);
    const answer = await get(`/console/callback?error=access_denied&state=${state}&iss=${iss}`, { cookie: flow });
    expect(answer.headers.get('location')).toBe('/console/?sign_in=denied');
  });

  test('goes on under the name that the issuer knows', async () => {
    const answer = await get('/console/sign-in?to=%2Fconsole%2F').then(() =>
      fetch(edge.replace('127.0.0.1', 'localhost') + '/console/sign-in', { redirect: 'manual' }),
    );
    expect(answer.headers.get('location')).toBe(`${edge}/console/sign-in?named=1`);
  });
});

describe('the issuer', () => {
  /** An issuer whose two tokens can be of two subjects or audiences. */
  async function finish(access: { subject?: string; audience?: string }) {
    const now = () => new Date();
    const url = 'https://issuer.example';
    const issuer = await openIssuer(mkdtempSync(join(tmpdir(), 'mobius-console-')), now, url);
    let nonce = '';
    const answer = async (target: string | URL | Request): Promise<Response> => {
      const { pathname } = new URL(target instanceof Request ? target.url : target);
      if (pathname !== '/token') {
        return Response.json({
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          id_token_signing_alg_values_supported: ['ES256'],
        });
      }
      const about = { projects: ['demo'] };
      return Response.json({
        token_type: 'Bearer',
        access_token: await issuer.issueToken({ subject: 'user:one', ...about, ...access }),
        id_token: await issuer.issueToken({ subject: 'user:one', ...about, audience: 'console', claims: { nonce } }),
      });
    };
    const jwks = JSON.parse(readFileSync(issuer.jwks, 'utf8'));
    const verifyToken = createTokenVerifier({ issuer: url, audience: issuer.audience, jwks, now });
    const settings = { clientId: 'console', clientSecret: undefined, scope: 'openid', sessionKeys: [] };
    const audience = issuer.audience;
    const found = openSignInIssuer(settings, { url, audience }, { fetch: answer, now, verifyToken });
    const { location, flow } = await found.begin('https://edge.example/console/callback');
    nonce = new URL(location).searchParams.get('nonce') ?? '';
    return found.finish(new URL(`https://edge.example/console/callback?code=x&state=${flow.state}`), flow);
  }

  test('makes a session of an access token that is for this service, until it ends', async () => {
    const { caller, expireTime } = await finish({});
    expect(caller).toEqual({ identity: 'user:one', kind: 'token', claims: { projects: ['demo'] } });
    expect(Math.abs(expireTime.getTime() - Date.now() - 3_600_000)).toBeLessThan(5_000);
  });

  test('makes none of a token for another service, or of two tokens of two people', async () => {
    await expect(finish({ audience: 'another' })).rejects.toThrow(TokenRefused);
    await expect(finish({ subject: 'user:two' })).rejects.toThrow(SubjectMismatch);
  });
});

describe('a session', () => {
  test('is worth nothing outside its own page: no header, another port, another origin, the public API', async () => {
    const { cookie } = await signIn();
    const body = { project: 'demo' };
    expect((await call(`/console/rpc${listProviders}`, body, { ...page, cookie })).status).toBe(200);
    const { 'x-mobius-console': _, ...bare } = page;
    for (const headers of [
      bare,
      { ...page, 'sec-fetch-site': 'same-site' },
      { ...page, 'sec-fetch-site': 'cross-site' },
      { ...page, 'sec-fetch-site': 'none' },
      { 'x-mobius-console': '1', origin: 'http://127.0.0.1:1' },
      { 'x-mobius-console': '1', origin: 'null' },
    ]) {
      const answer = await call(`/console/rpc${listProviders}`, body, { ...headers, cookie });
      expect(answer.status, JSON.stringify(headers)).toBe(401);
      expect(await session({ ...headers, cookie })).toBeNull();
      expect((await fetch(`${edge}/console/sign-out`, { method: 'POST', headers })).status).toBe(403);
    }
    expect((await call(listProviders, body, { ...page, cookie })).status).toBe(401);
    expect((await get('/v1/projects/demo/integrations/providers', { ...page, cookie })).status).toBe(401);
  });

  test('lets its caller do what the access list lets them do, and no more', async () => {
    const { cookie } = await signIn('user:viewer');
    const known = await session({ ...page, cookie });
    expect(known?.permissions).toContain('catalog.read');
    expect(known?.permissions).not.toContain('integrations.manage');
    expect(await session({ ...page, cookie }, 'other')).toMatchObject({ permissions: [] });
    const connect = '/console/rpc/mobius.integrations.v1.IntegrationService/ConnectProvider';
    expect((await call(connect, { project: 'demo', provider: 'slack' }, { ...page, cookie })).status).toBe(403);
    const foreign = await call(`/console/rpc${listProviders}`, { project: 'other' }, { ...page, cookie });
    expect(foreign.status).toBe(403);
    const resolve = '/console/rpc/mobius.integrations.internal.v1.CredentialService/ResolveCredential';
    expect((await call(resolve, { project: 'demo' }, { ...page, cookie })).status).toBe(404);
  });

  test('cannot be made, changed or taken from another use of the same keys', async () => {
    const { cookie } = await signIn();
    const { flow } = await begin();
    const middle = Math.floor(cookie.length / 2);
    const changed = cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1);
    const others = [changed, flow.replace('mobius_sign_in', 'mobius_session'), 'mobius_session=x', 'mobius_session='];
    for (const each of others) expect(await session({ ...page, cookie: each })).toBeNull();
    const key = new Secret(readFileSync(join(world.dir, 'console_session.key'), 'utf8'));
    const soon = new Date(world.clock.now().getTime() + 60_000);
    const forms = ['session', 'another use'].map(use =>
      createSeal([key], world.clock.now).seal(use, { sub: 'x' }, soon),
    );
    const [good, misused] = await Promise.all(forms);
    expect(await session({ ...page, cookie: `mobius_session=${good}` })).toMatchObject({ identity: 'x' });
    expect(await session({ ...page, cookie: `mobius_session=${misused}` })).toBeNull();
    const stranger = createSeal([new Secret('another key of thirty-two characters!')], world.clock.now);
    const value = await stranger.seal('session', { sub: 'user:demo' }, new Date(Date.now() + 60_000));
    expect(await session({ ...page, cookie: `mobius_session=${value}` })).toBeNull();
  });

  test('opens under the key before, too, while keys change', async () => {
    const [before, after] = ['a'.repeat(32), 'b'.repeat(32)].map(key => new Secret(key)) as [Secret, Secret];
    const later = new Date(Date.now() + 60_000);
    const sealed = await createSeal([before], world.clock.now).seal('session', { sub: 'x' }, later);
    expect(await createSeal([after, before], world.clock.now).open('session', sealed)).toMatchObject({ sub: 'x' });
    expect(await createSeal([after], world.clock.now).open('session', sealed)).toBeUndefined();
  });

  test('is over when somebody signs out', async () => {
    const { cookie } = await signIn();
    const answer = await fetch(`${edge}/console/sign-out`, { method: 'POST', headers: { ...page, cookie } });
    expect(answer.headers.getSetCookie()).toEqual([
      'mobius_session=; Path=/console; HttpOnly; SameSite=Strict; Max-Age=0',
    ]);
  });

  test('leaves no cookie, code or token in the log', async () => {
    const { cookie, back, flow } = await signIn();
    await call(`/console/rpc${listProviders}`, { project: 'demo' }, { ...page, cookie });
    const log = world.logs.join('\n');
    expect(log).toContain('signed in to the console');
    const secrets = [cookie.split('=')[1], flow.split('=')[1], back.searchParams.get('code')];
    for (const secret of secrets) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/eyJ[\w-]{20}/);
  });

  test('is over with its token, or after eight hours', async () => {
    const { cookie } = await signIn();
    world.clock.advance(8 * 3_600_000 - 60_000);
    expect(await session({ ...page, cookie })).not.toBeNull();
    world.clock.advance(120_000);
    expect(await session({ ...page, cookie })).toBeNull();
    expect((await call(`/console/rpc${listProviders}`, { project: 'demo' }, { ...page, cookie })).status).toBe(401);
  });
});

describe('configuration', () => {
  const problems = (environment: Record<string, string>): string => {
    try {
      loadConfig(environment);
    } catch (error) {
      return String(error);
    }
    return '';
  };

  test('a console that is on needs its client and its keys', () => {
    const told = problems({ MOBIUS_CONSOLE: 'on', MOBIUS_CONSOLE_SESSION_KEY: 'short' });
    expect(told).toContain('MOBIUS_CONSOLE_CLIENT_ID: is not set');
    expect(told).toContain('MOBIUS_CONSOLE_SESSION_KEY: is under 32 characters');
    expect(problems({ MOBIUS_CONSOLE: 'yes' })).toContain('MOBIUS_CONSOLE: must be on or off');
    expect(problems({})).not.toContain('MOBIUS_CONSOLE');
  });
});
