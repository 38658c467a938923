import { afterAll, beforeAll, expect, test } from 'vitest';
import { ResolveCredentialResponseSchema } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { isTagged } from '../src/rpc/conditional.ts';
import { startWorld, type World } from './world.ts';

/** Entity tags of REST at the real edge: an answer that has not changed is not sent again, and only to whom it is due. */

const limited = 'user:limited';
let world: World;
let manager: string;

beforeAll(async () => {
  world = await startWorld({
    access: ({ callers }) =>
      callers.push({ identity: limited, roles: ['viewer'], projects: ['demo'], providers: ['linear'] }),
  });
  manager = await world.token();
}, 60_000);
afterAll(() => world?.stop());

async function get(path: string, etag?: string, token = manager) {
  const headers = { authorization: `Bearer ${token}`, ...(etag !== undefined && { 'if-none-match': etag }) };
  const answer = await fetch(`${world.edgeUrl}/v1/projects/demo/${path}`, { headers });
  const sent = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: sent, etag: answer.headers.get('etag') ?? '', body: await answer.text() };
}

test.each([
  'integrations/providers',
  'integrations/providers?view=FULL&page_size=200',
  'integrations/providers/slack?view=FULL',
  'catalog/events',
  'catalog/actions?view=FULL',
  'catalog/actions/github.issue.create',
])('%s is sent once while nothing changes', async path => {
  const first = await get(path);
  expect(first.status).toBe(200);
  expect(first.headers).toMatchObject({
    etag: expect.stringMatching(/^W\/"[\w-]{27}"$/),
    'cache-control': 'private, no-cache',
    vary: 'authorization',
  });
  const again = await get(path, first.etag);
  expect([again.status, again.body]).toEqual([304, '']);
  expect(again.headers).toMatchObject({
    etag: first.etag,
    'cache-control': 'private, no-cache',
    vary: 'authorization',
  });
});

test('a tag of the time before a connect is worth nothing after it', async () => {
  const before = await get('integrations/providers/linear');
  const credentials = { api_key: world.seeds.linear.apiKey };
  await world.rpc(IntegrationService).connectProvider({ project: 'demo', provider: 'linear', credentials });
  const after = await get('integrations/providers/linear', before.etag);
  expect(after.status).toBe(200);
  expect(after.etag).not.toBe(before.etag);
  expect(JSON.parse(after.body)).toMatchObject({ provider: { connection_state: 'CONNECTION_STATE_CONNECTED' } });
});

test('whose tag it is makes no difference: each caller has the answer due to him', async () => {
  const full = await get('integrations/providers/slack');
  const own = await get('integrations/providers/slack', full.etag, await world.token({ subject: limited }));
  expect(own.status).toBe(200);
  expect(own.etag).not.toBe(full.etag);
  expect(own.body).toContain('PERMISSION_MISSING');

  const stranger = await get(
    'integrations/providers/slack',
    full.etag,
    await world.token({ subject: 'user:stranger' }),
  );
  const nobody = await get('integrations/providers/slack', full.etag, 'none');
  expect([stranger.status, nobody.status]).toEqual([403, 401]);
  for (const { headers } of [stranger, nobody]) {
    expect(headers).not.toHaveProperty('etag');
    expect(headers['cache-control']).toBe('no-store');
  }
});

test('an error has no tag and is not stored, not even where everything is asked for', async () => {
  const absent = await get('integrations/providers/absent', '*');
  expect([absent.status, absent.etag, absent.headers['cache-control']]).toEqual([404, '', 'no-store']);
});

test('what is no catalog is not stored, and may be asked for by its tag', async () => {
  const first = await get('integrations');
  expect(first.headers['cache-control']).toBe('no-store');
  expect((await get('integrations', first.etag)).status).toBe(304);
});

test('an answer with a secret in it has no tag, nor has what changes something', () => {
  const { getAction } = CatalogService.method;
  expect(isTagged(getAction)).toBe(true);
  expect(isTagged({ ...getAction, output: ResolveCredentialResponseSchema })).toBe(false);
  expect(isTagged(CatalogService.method.checkActionInputs)).toBe(false);
});
