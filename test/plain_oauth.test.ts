import { expect, test } from 'vitest';
import { ProviderError } from '../src/providers/kit/error.ts';
import { type IdentityCall, identityBy, unnamedAccount } from '../src/providers/kit/identity_call.ts';
import { plainOAuth } from '../src/providers/kit/plain_oauth.ts';
import { valueAt } from '../src/providers/kit/pointer.ts';
import type { ProviderCall, ProviderRequest } from '../src/providers/provider.ts';
import { reveal, Secret } from '../src/secret.ts';

const endpoints = { web: 'https://acme.vendor.example', api: 'https://api.vendor.example/v1' };
const credential = (secrets: Readonly<Record<string, string>>) => ({
  kind: 'OAUTH2' as const,
  secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
});

function callThat(body: unknown, asked: { url: string; request?: ProviderRequest }[] = []): ProviderCall {
  return {
    fetch: async (url, request) => {
      asked.push({ url, ...(request && { request }) });
      return { status: 200, headers: new Headers(), body };
    },
    credential: credential({ access_token: 'access' }),
    config: { subdomain: 'acme' },
    endpoints,
    app: { fields: { client_id: 'us' }, secrets: { client_secret: [new Secret('hush')] } },
    signal: AbortSignal.timeout(1_000),
    now: () => new Date(),
  };
}

const ask: IdentityCall = {
  at: { endpoint: 'api', path: '/me' },
  query: { fields: 'id' },
  id: ['/data/id', '/id'],
  label: ['/data/names/0', '/email'],
  url: ['/link'],
};

test('the account is read by the first pointer that leads to a text or a number', async () => {
  const asked: { url: string }[] = [];
  const identify = identityBy(ask);
  const answer = { data: { id: 7, names: ['Ada'] }, id: 'other', link: 'https://vendor.example/ada' };
  expect(await identify(callThat(answer, asked))).toEqual({
    account: { id: '7', label: 'Ada', url: 'https://vendor.example/ada' },
  });
  expect(asked).toEqual([
    { url: 'https://api.vendor.example/v1/me', request: { method: 'GET', query: { fields: 'id' } } },
  ]);
  expect(await identify(callThat({ data: { id: '' }, id: 'other', link: 'javascript:alert(1)' }))).toEqual({
    account: { id: 'other', label: 'other' },
  });
});

test('ids that are unique within a setting only are kept with it', async () => {
  const identity = await identityBy({ ...ask, within: ['subdomain'] })(callThat({ id: 7 }));
  expect(identity.account).toEqual({ id: 'acme/7', label: '7' });
});

test.each([[{}], ['text'], [undefined], [{ id: {} }], [{ id: 'x'.repeat(257) }], [{ id: 1.5 }]])(
  'an answer without an id is refused: %j',
  async answer => {
    const failure = await identityBy(ask)(callThat(answer)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ failure: { kind: 'invalid_answer' } });
  },
);

test('a pointer leads into objects and lists, and never to what JSON does not hold', () => {
  const answer = { 'a/b': [{ '~': 1 }] };
  expect(valueAt(answer, '/a~1b/0/~0')).toBe(1);
  for (const pointer of ['/a~1b/1', '/a~1b/length', '/constructor', '/a~1b/0/~0/x', '/__proto__']) {
    expect(valueAt(answer, pointer), pointer).toBeUndefined();
  }
  expect(valueAt(answer, '')).toBe(answer);
});

test('whom the vendor does not name is another account at each consent, and no secret is told', () => {
  const first = unnamedAccount(credential({ access_token: 'one', refresh_token: 'lasting' }));
  const refreshed = unnamedAccount(credential({ access_token: 'two', refresh_token: 'lasting' }));
  const second = unnamedAccount(credential({ access_token: 'two', refresh_token: 'another' }));
  expect(refreshed).toEqual(first);
  expect(second.id).not.toBe(first.id);
  expect(JSON.stringify(first)).not.toMatch(/one|lasting/);
  expect(() => unnamedAccount(credential({}))).toThrow(ProviderError);
});

test('plain data becomes a way to connect: addresses, bearer header, and a revocation by our client', async () => {
  const method = plainOAuth({
    authorize: { endpoint: 'web', path: '/oauth/authorize' },
    token: { endpoint: 'api', path: '/token' },
    revoke: { endpoint: 'api', path: '/revoke' },
    scopes: { default: ['read'], separator: ' ' },
    client: 'body',
    pkce: true,
    refresh: 'REUSABLE',
    identify: identityBy(ask),
  });
  expect(method.authorizeUrl(endpoints)).toBe('https://acme.vendor.example/oauth/authorize');
  expect(method.tokenUrl(endpoints)).toBe('https://api.vendor.example/v1/token');
  expect(() => method.authorizeUrl({ api: endpoints.api })).toThrow('no endpoint web');
  const headers = method.headers(credential({ access_token: 'access' }), {});
  expect(Object.entries(headers).map(([name, value]) => [name, reveal(value)])).toEqual([
    ['authorization', 'Bearer access'],
  ]);
  const asked: { url: string; request?: ProviderRequest }[] = [];
  await method.revoke?.(callThat({}, asked));
  expect(asked).toEqual([
    {
      url: 'https://api.vendor.example/v1/revoke',
      request: { method: 'POST', form: { token: 'access', client_id: 'us', client_secret: 'hush' } },
    },
  ]);
});
