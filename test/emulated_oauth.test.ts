import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmulatedOAuth } from '../src/providers/emulator.ts';
import type { OAuthRedirect } from '../src/providers/provider.ts';
import { loadEmulators } from '../src/sandbox/emulated/load.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { reveal, Secret } from '../src/secret.ts';
import { newPkce } from './sandbox-visitor.ts';

/** The authorization servers that play by declaration, asked by a client of this file's own. */

const EDGE = 'http://127.0.0.1:9';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  sandbox.useEdge(EDGE);
});
afterAll(() => sandbox?.stop());

type Params = Readonly<Record<string, string>>;
type Redirect = OAuthRedirect & { readonly mode: 'OAUTH_REDIRECT' };

const servers = (await loadEmulators()).flatMap(({ provider, emulator }) => {
  const method = provider.connect.find(({ mode }) => mode === 'OAUTH_REDIRECT');
  // A client of a discovered server registers itself; see mcp's own cases.
  if (method === undefined || !('authorizeUrl' in method) || emulator.oauth === undefined) return [];
  return [{ id: provider.id, provider, emulator, oauth: emulator.oauth, method: method as Redirect }];
});
type Server = (typeof servers)[number];

describe.each(servers)('$id', server => {
  const { id, oauth } = server;
  const redirect_uri = `${EDGE}/v1/provider/${id}/callback`;

  /** Where the consent page leads; undefined: it shows an error itself. */
  const consent = async (changes: Params = {}, challenge = newPkce()): Promise<URLSearchParams | undefined> => {
    const url = new URL(`${sandbox.url}/${id}${oauth.authorize}`);
    const asked: Params = {
      ...oauth.authorizeParams,
      client_id: sandbox.emulated[id]?.app.client_id ?? '',
      redirect_uri,
      response_type: 'code',
      state: 'st',
      scope: oauth.scopes.join(' '),
      ...(oauth.keyOnly !== true && { code_challenge: challenge.challenge, code_challenge_method: 'S256' }),
      ...changes,
    };
    url.search = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString();
    const answer = await fetch(url, { redirect: 'manual' });
    const back = answer.headers.get('location');
    return back === null ? undefined : new URL(back).searchParams;
  };
  const token = async (params: Params, client = oauth.client): Promise<Params> => {
    const { client_id = '', client_secret = '' } = sandbox.emulated[id]?.app ?? {};
    const pair = Buffer.from(oauth.keyOnly ? `${client_secret}:` : `${client_id}:${client_secret}`).toString('base64');
    const body = new URLSearchParams({ ...params, ...(client === 'body' && { client_id, client_secret }) });
    const headers = { ...(client === 'basic' && { authorization: `Basic ${pair}` }) };
    const answer = await fetch(`${sandbox.url}/${id}${oauth.token}`, { method: 'POST', headers, body });
    const told: unknown = await answer.json();
    return (server.method.readToken?.(told) ?? told) as Params;
  };
  const bought = (code: string, code_verifier: string): Params => ({
    grant_type: 'authorization_code',
    code,
    ...(oauth.keyOnly !== true && { redirect_uri, code_verifier }),
  });
  const exchange = async (changes: Params = {}, client = oauth.client, asked: Params = {}): Promise<Params> => {
    const pkce = newPkce();
    const code = (await consent(asked, pkce))?.get('code') ?? '';
    expect(code).not.toBe('');
    const params = bought(code, pkce.verifier);
    return token({ ...oauth.tokenParams, ...params, ...changes }, client);
  };
  const refresh = (refresh_token: string, client = oauth.client) =>
    token({ ...oauth.refreshParams, grant_type: 'refresh_token', refresh_token }, client);
  const works = (access: string | undefined) => opens(server, sandbox, access ?? '');

  test('leads back to what was registered alone, and only for a code', async () => {
    expect((await consent())?.get('state')).toBe('st');
    for (const wrong of [
      `http://127.0.0.1:10/v1/provider/${id}/callback`,
      `${redirect_uri}/more`,
      `${redirect_uri}?more=1`,
      `${EDGE}/v1/provider/other/callback`,
    ]) {
      expect(await consent({ redirect_uri: wrong }), wrong).toBeUndefined();
    }
    expect(await consent({ client_id: 'another' })).toBeUndefined();
    expect((await consent({ response_type: '' }))?.get('error')).toBe('invalid_request');
    expect((await consent({ response_type: 'token' }))?.get('error')).toBe('invalid_request');
    expect((await consent({ scope: 'no.such.scope' }))?.get('error')).toBe('invalid_request');
  });

  test('wants a challenge where the vendor does, and S256 everywhere', async () => {
    const bare = await consent({ code_challenge: '', code_challenge_method: '' });
    expect(bare?.get('error') ?? null).toBe(oauth.pkce === 'REQUIRED' ? 'invalid_request' : null);
    expect((await consent({ code_challenge: 'x', code_challenge_method: 'plain' }))?.get('error')).toBe(
      'invalid_request',
    );
    expect((await exchange({ code_verifier: 'x'.repeat(43) })).access_token).toBeUndefined();
  });

  test('takes a code once, from that client in the vendor’s way, for that redirect', async () => {
    const pkce = newPkce();
    const code = (await consent({}, pkce))?.get('code') ?? '';
    const params = bought(code, pkce.verifier);
    const first = await token({ ...oauth.tokenParams, ...params });
    expect(await works(first.access_token)).toBe(true);
    expect((await token({ ...oauth.tokenParams, ...params })).access_token).toBeUndefined();
    expect(await works(first.access_token), 'what a replayed code bought').toBe(false);
    expect((await exchange({ redirect_uri: `${EDGE}/elsewhere` })).access_token).toBeUndefined();
    expect((await exchange({}, oauth.client === 'body' ? 'basic' : 'body')).access_token).toBeUndefined();
  });

  test('refreshes as the vendor does', async () => {
    const first = await exchange();
    const { refresh_token: held = '' } = first;
    expect(held !== '').toBe(oauth.refresh !== 'NONE');
    if (oauth.refresh === 'NONE') return;
    expect((await refresh(held, oauth.client === 'body' ? 'basic' : 'body')).access_token).toBeUndefined();
    const second = await refresh(held);
    expect(await works(second.access_token)).toBe(true);
    expect(await works(first.access_token), 'the access token before').toBe(oauth.endsAccess !== true);
    expect(second.refresh_token !== undefined).toBe(brings(oauth));
    expect((await refresh(held)).access_token !== undefined, 'the refresh token before').toBe(staysGood(oauth));
    if (oauth.refreshScope === undefined) return;
    const scope = oauth.scopes.filter(each => each !== oauth.refreshScope).join(' ');
    expect((await exchange({}, oauth.client, { scope })).refresh_token).toBeUndefined();
  });
});

const brings = ({ refresh, renews }: EmulatedOAuth): boolean => refresh === 'ROTATING' || renews === true;
const staysGood = ({ refresh, reuseGraceMs }: EmulatedOAuth): boolean =>
  refresh === 'REUSABLE' || reuseGraceMs !== undefined;

/** Whether the vendor answers the provider's own kind of request. */
async function opens({ id, provider, emulator, method }: Server, sandbox: Sandbox, access: string): Promise<boolean> {
  const { request } = emulator;
  if (request === undefined) throw new Error(`${id}: there is no request to try`);
  const base = Object.values(provider.endpoints)[0] ?? '';
  const endpoint = provider.endpoints[provider.credentialEndpoints[0] ?? ''] ?? base;
  const path = request.path.startsWith('http') ? new URL(request.path).pathname : request.path;
  const credential = { kind: 'OAUTH2', secrets: { access_token: new Secret(access) } } as const;
  const config = sandbox.emulated[id]?.forms.OAUTH2 ?? {};
  const shown = Object.entries(method.headers(credential, config)).map(([name, value]) => [name, reveal(value)]);
  const { status } = await fetch(`${sandbox.rehost(id, { endpoint }).endpoint}${path}`, {
    method: request.method,
    headers: {
      ...Object.fromEntries(shown),
      ...(request.json !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.json !== undefined && { body: JSON.stringify(request.json) }),
  });
  return status >= 200 && status < 300;
}
