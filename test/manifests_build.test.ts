import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadManifest, openSurroundings } from '../src/manifests/load_file.ts';
import { problemText } from '../src/manifests/problem.ts';
import { networkFetch, openCall } from '../src/outbound.ts';
import type { Delivery } from '../src/providers/delivery.ts';
import type { Provider, ReferenceItem } from '../src/providers/provider.ts';
import { reveal, Secret } from '../src/secret.ts';
import type { AnswerOfVendor } from './provider-cases.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

/** What manifests can say beside what the example says: each way, once. */

const AT = new Date('2026-05-04T03:02:01.000Z');
const around = openSurroundings([]);

let vendor: VendorServer;
beforeAll(async () => {
  vendor = await startVendor();
});
afterAll(() => vendor.close());

const field = (name: string, more: object = {}) => ({ name, title: name, description: 'Where it is.', ...more });
const secret = { secret: true };

/** A small manifest with these parts, as the provider it declares. */
function built(parts: Record<string, unknown>): Provider {
  const manifest = {
    id: 'acme',
    display_name: 'Acme',
    description: 'A vendor for tests.',
    category: 'Storage',
    docs_url: 'https://docs.acme.example',
    endpoints: { api: 'https://api.acme.example' },
    credential_endpoints: ['api'],
    identity: { path: '/me', id: '/id' },
    connect: [{ kind: 'api_key', fields: [field('api_key', secret)], headers: [{ name: 'X-Key', field: 'api_key' }] }],
    ...parts,
  };
  const loaded = loadManifest('acme.yaml', stringify(manifest), around);
  if ('id' in loaded) return loaded;
  throw new Error(loaded.map(problemText).join('\n'));
}

describe('a key goes', () => {
  const headersOf = (method: object, secrets: Record<string, string>, config: Record<string, unknown> = {}) => {
    const [made] = built({ connect: [method] }).connect;
    const opened = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
    const headers = made!.headers({ kind: made!.authKind, secrets: opened }, config);
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, reveal(value)]));
  };
  const basicOf = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

  test('into several headers, a setting among them; a field that was left out has none', () => {
    const method = {
      kind: 'api_key',
      fields: [field('api_key', secret), field('app_key', { ...secret, optional: true }), field('team')],
      headers: [
        { name: 'DD-Api-Key', field: 'api_key' },
        { name: 'DD-App-Key', field: 'app_key' },
        { name: 'X-Team', prefix: 'team:', field: 'team' },
      ],
    };
    const all = { 'dd-api-key': 'a', 'dd-app-key': 'b', 'x-team': 'team:t' };
    expect(headersOf(method, { api_key: 'a', app_key: 'b' }, { team: 't' })).toEqual(all);
    const { 'dd-app-key': _, ...fewer } = all;
    expect(headersOf(method, { api_key: 'a' }, { team: 't' })).toEqual(fewer);
  });

  test('as a user and a password, as a user that is a setting, and as a user alone', () => {
    const both = { kind: 'basic', fields: [field('user', secret), field('password', secret)] };
    const basic = { user: 'user', password: 'password' };
    expect(headersOf({ ...both, basic }, { user: 'u', password: 'p:q' })).toEqual({ authorization: basicOf('u:p:q') });
    const mail = { kind: 'basic', fields: [field('mail'), field('password', secret)] };
    expect(
      headersOf({ ...mail, basic: { user: 'mail', password: 'password' } }, { password: 'p' }, { mail: 'a@b.c' }),
    ).toEqual({ authorization: basicOf('a@b.c:p') });
    const alone = { kind: 'basic', fields: [field('api_key', secret)], basic: { user: 'api_key' } };
    expect(headersOf(alone, { api_key: 'k' })).toEqual({ authorization: basicOf('k:') });
  });

  test('nowhere without the secret that it is', () => {
    const alone = { kind: 'basic', fields: [field('api_key', secret)], basic: { user: 'api_key' } };
    expect(() => headersOf(alone, {})).toThrow('provider answer: refused');
  });

  test('with forms that are closed and bounded, whatever was left out of them', () => {
    const [method] = built({
      connect: [
        {
          kind: 'bot_token',
          fields: [field('bot_token', { ...secret, max_length: 40 }), field('region', { choices: ['eu', 'us'] })],
          headers: [{ name: 'Authorization', prefix: 'Bot ', field: 'bot_token' }],
        },
      ],
    }).connect;
    expect(method).toMatchObject({
      authKind: 'BOT_TOKEN',
      schema: {
        additionalProperties: false,
        required: ['bot_token', 'region'],
        properties: { bot_token: { writeOnly: true, maxLength: 40 }, region: { enum: ['eu', 'us'] } },
      },
    });
  });
});

describe('a delivery', () => {
  const types = [
    {
      name: 'acme.thing.made',
      vendor_names: ['made'],
      description: 'It was made.',
      payload_schema: { type: 'object' },
    },
  ];
  const hooked = (signature: object, more: object = {}) =>
    built({
      connect: [
        {
          kind: 'api_key',
          fields: [field('api_key', secret), field('signing_secret', { ...secret, optional: true })],
          headers: [{ name: 'X-Key', field: 'api_key' }],
        },
      ],
      webhook: {
        description: 'A webhook of the account.',
        secret: 'integration',
        secret_field: 'signing_secret',
        signature: { header: 'X-Signature', ...signature },
        delivery_id: { path: '/delivery/id' },
        event: { header: 'X-Event' },
        ...more,
      },
      event_types: types,
    }).webhook!;
  const delivery = (
    headers: Record<string, string>,
    body = '{"delivery":{"id":7},"at":"2026-05-04T03:00:00Z","n":3}',
  ): Delivery => ({
    headers,
    body: Buffer.from(body),
    query: new URLSearchParams(),
    suffix: '',
  });
  const signed = (key: string | Buffer, text: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
    createHmac(algorithm, key).update(text).digest(encoding);
  const body = Buffer.from(delivery({}).body).toString();
  const raw = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');

  test.each<[string, object, string, Record<string, string>]>([
    ['by SHA-1 in hex', { algorithm: 'sha1' }, 'k', { 'x-signature': signed('k', body, 'sha1') }],
    [
      'by SHA-512 in base64, one of several',
      { algorithm: 'sha512', encoding: 'base64', separator: ',', prefix: 'v1=' },
      'k',
      { 'x-signature': `v1=bm8=, v1=${signed('k', body, 'sha512', 'base64')}` },
    ],
    ['with a secret in hex', { key: 'hex' }, raw.toString('hex'), { 'x-signature': signed(raw, body) }],
    ['with a secret in base64', { key: 'base64' }, raw.toString('base64'), { 'x-signature': signed(raw, body) }],
    [
      'with its time in milliseconds, in the middle of a text',
      { signed: 'v0:{timestamp}:{body}:end', timestamp: { header: 'X-Time', unit: 'milliseconds' } },
      'k',
      { 'x-time': String(AT.getTime()), 'x-signature': signed('k', `v0:${AT.getTime()}:${body}:end`) },
    ],
  ])('is verified %s', (_, signature, key, headers) => {
    const { verify } = hooked(signature);
    expect(verify(delivery(headers), [new Secret(key)], AT).ok).toBe(true);
    expect(verify(delivery(headers, `${body} `), [new Secret(key)], AT)).toEqual({
      ok: false,
      cause: 'SIGNATURE_WRONG',
    });
    expect(verify(delivery({ ...headers, 'x-signature': '' }), [new Secret(key)], AT).ok).toBe(false);
    expect(verify(delivery(headers), [], AT)).toEqual({ ok: false, cause: 'SECRET_MISSING' });
  });

  test('that signs a time is refused without it, when it is old, and as old as is said', () => {
    const timestamp = { header: 'X-Time', tolerance_seconds: 3_600 };
    const { verify } = hooked({ signed: '{timestamp}{body}', timestamp });
    const causeAt = (now: Date, headers: Record<string, string>) => {
      const result = verify(delivery(headers), [new Secret('k')], now);
      return result.ok ? 'OK' : result.cause;
    };
    const time = String(AT.getTime() / 1_000);
    const headers = { 'x-time': time, 'x-signature': signed('k', `${time}${body}`) };
    const later = (minutes: number): Date => new Date(AT.getTime() + minutes * 60_000);
    expect(causeAt(later(59), headers)).toBe('OK');
    expect(causeAt(later(61), headers)).toBe('TIMESTAMP_STALE');
    expect(causeAt(later(-2), headers)).toBe('TIMESTAMP_FUTURE');
    expect(causeAt(AT, { 'x-signature': headers['x-signature'] })).toBe('TIMESTAMP_MISSING');
    expect(causeAt(AT, { ...headers, 'x-time': String(Number(time) + 1) })).toBe('SIGNATURE_WRONG');
  });

  test('is read by its header, is nobody’s but the endpoint’s, and is none of ours by another name', () => {
    const webhook = hooked({}, { object: '/delivery/id', occurred_at: '/at', meta: { n: '/n' } });
    const verified = (headers: Record<string, string>) => {
      const result = webhook.verify(delivery({ ...headers, 'x-signature': signed('k', body) }), [new Secret('k')], AT);
      if (!result.ok) throw new Error(result.cause);
      return result.verified;
    };
    expect(webhook.parse(verified({ 'x-event': 'made' }))).toMatchObject([
      {
        eventType: 'acme.thing.made',
        deliveryKey: '7',
        objectKey: '7',
        accountId: '',
        occurTime: new Date('2026-05-04T03:00:00Z'),
        meta: { n: '3' },
      },
    ]);
    expect(webhook.parse(verified({ 'x-event': 'lost' }))).toEqual([]);
    expect(webhook.parse(verified({}))).toEqual([]);
  });
});

describe('a picker', () => {
  const listed = async (
    list: object,
    answer: AnswerOfVendor,
    dependsOn: Record<string, string> = {},
    more: object = {},
  ) => {
    const [type] = built({
      references: [
        {
          name: 'acme.thing',
          title: 'Thing',
          description: 'A thing there.',
          list: { path: '/things', items: '/items', value: '/id', ...list },
          ...more,
        },
        ...('depends_on' in more
          ? [
              {
                name: 'acme.team',
                title: 'Team',
                description: 'A team there.',
                list: { path: '/teams', items: '', value: '/id', pages: { by: 'none' } },
              },
            ]
          : []),
      ],
    }).references;
    if (type?.source !== 'PROVIDER') throw new Error('it is not looked up');
    vendor.play(answer);
    const call = openCall({
      fetch: networkFetch,
      now: () => AT,
      provider: built({}),
      endpoints: { api: vendor.origin },
      app: undefined,
      credential: { kind: 'API_KEY', secrets: {} },
      config: {},
      headers: {},
    });
    const items: ReferenceItem[] = [];
    let cursor: string | undefined;
    do {
      const page = await type.list(call, { q: '', dependsOn, pageSize: 2, ...(cursor !== undefined && { cursor }) });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined && items.length < 20);
    return { type, call, items };
  };
  const all = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id }));
  const ids = (items: readonly ReferenceItem[]): string[] => items.map(({ value }) => value);

  test.each<[string, object, AnswerOfVendor]>([
    ['that comes whole', { by: 'none' }, () => ({ body: { items: all } })],
    [
      'counted by pages, of which one that is not full is the last',
      { by: 'number', at: 'page', size: 'n' },
      ({ query }) => {
        const from = (Number(query.get('page')) - 1) * Number(query.get('n'));
        return { body: { items: all.slice(from, from + Number(query.get('n'))) } };
      },
    ],
    [
      'counted by items, of which a page that is not full is the last',
      { by: 'offset', at: 'skip', size: 'n' },
      ({ query }) => {
        const from = Number(query.get('skip'));
        return { body: { items: all.slice(from, from + Number(query.get('n'))) } };
      },
    ],
    [
      'with a cursor that stands in a list, and no size',
      { by: 'cursor', at: 'after', next: '/links/0/cursor' },
      ({ query }) => {
        const from = Number(query.get('after') ?? 0);
        const links = from + 3 < all.length ? [{ cursor: from + 3 }] : [];
        return { body: { items: all.slice(from, from + 3), links } };
      },
    ],
  ])('of a list %s reaches its end', async (_, pages, answer) => {
    const { items } = await listed({ pages }, answer);
    expect(ids(items)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('of a list with a Link header takes nothing of the address but its parameter', async () => {
    const { items } = await listed({ pages: { by: 'link', at: 'after' } }, ({ query }) => {
      const isFirst = query.get('after') === null;
      const link = '<http://169.254.169.254/other?after=b>; rel="next", <https://x/?after=z>; rel="last"';
      return { body: { items: isFirst ? all.slice(0, 2) : all.slice(2) }, ...(isFirst && { headers: { link } }) };
    });
    expect(ids(items)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(vendor.requests.at(-1)?.path).toBe('/things');
  });

  test('fills what was picked into the path as one segment, and into the query', async () => {
    const depends = {
      depends_on: [
        { key: 'team', type: 'acme.team' },
        { key: 'tag', type: 'acme.team', required: false },
      ],
    };
    const list = {
      path: '/teams/{team}/things',
      query: { fixed: '1', tag: '{tag}', of: 'team:{team}' },
      pages: { by: 'none' },
    };
    const answer: AnswerOfVendor = () => ({ body: { items: [] } });
    await listed(list, answer, { team: '../a/b?c' }, depends);
    const asked = vendor.requests.at(-1);
    expect(asked?.path).toBe('/teams/..%2Fa%2Fb%3Fc/things');
    expect(Object.fromEntries(asked?.query ?? [])).toEqual({ fixed: '1', of: 'team:../a/b?c' });
    await expect(listed(list, answer, { team: '..' }, depends)).rejects.toThrow('provider answer: not_found');
  });

  test('shows label, text and state, and looks a value up in the list where there is no call for one', async () => {
    const answer: AnswerOfVendor = () => ({
      body: { items: [{ id: 1, meta: { name: 'One', note: 'First' }, gone: true }, { id: 2 }] },
    });
    const list = { label: '/meta/name', text: '/meta/note', archived: '/gone', pages: { by: 'none' } };
    const { type, call, items } = await listed(list, answer);
    expect(items).toEqual([
      { value: '1', label: 'One', description: 'First', state: 'ARCHIVED' },
      { value: '2', label: '2', state: 'PRESENT' },
    ]);
    expect(ids([...(await type.resolve(call, { values: ['2', '3'], dependsOn: {} }))])).toEqual(['2']);
  });
});
