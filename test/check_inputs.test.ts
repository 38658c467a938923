import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CatalogService, InputFindingKind } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { Readiness, ReadinessCause } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceState } from '../gen/mobius/integrations/v1/reference_pb.js';
import { looksLikeCredential } from '../src/catalog/credential_shapes.ts';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const project = 'demo';
let world: World;

beforeAll(async () => {
  world = await startWorld();
  for (const provider of ['slack', 'github']) {
    const { redirectUrl } = await world.rpc(IntegrationService).connectProvider({ project, provider });
    expect((await openBrowser().open(redirectUrl)).status).toBe(200);
  }
});
afterAll(() => world.stop());

const channels = () => world.seeds.slack.workspaces[0]?.channels ?? [];
const general = () => channels().find(c => c.name === 'general')?.id ?? '';
const check = (action: string, inputs: object, more: object = {}) =>
  world.rpc(CatalogService).checkActionInputs({ project, action, inputs: inputs as never, ...more });
const post = (inputs: object) => check('slack.message.post', inputs);
const told = (answer: { findings: { inputField: string; kind: InputFindingKind }[] }) =>
  answer.findings.map(f => `${f.inputField} ${InputFindingKind[f.kind]}`);

describe('inputs', () => {
  test('that are right are valid', async () => {
    const answer = await post({ channel: general(), text: 'Hello' });
    expect(answer).toMatchObject({ valid: true, findings: [], readiness: Readiness.READY });
    expect(answer.integrationId).toMatch(/^intg_/);
  });

  test('are held against the schema, each fault by its field and none by its value', async () => {
    const answer = await post({ channel: 7, text: 'x'.repeat(50_000), topsecretname: 'topsecretvalue' });
    expect(answer.valid).toBe(false);
    expect(told(answer)).toEqual(expect.arrayContaining(['/channel SCHEMA', '/text SCHEMA', ' SCHEMA']));
    expect(JSON.stringify(answer.findings)).not.toContain('topsecret');
    expect(told(await post({}))).toContain('/channel SCHEMA');
  });

  test('must name what is there', async () => {
    const archived = channels().find(c => c.isArchived)?.id ?? '';
    const gone = await post({ channel: 'C00NOTTHERE', text: 'x' });
    expect(gone.findings).toMatchObject([
      {
        inputField: '/channel',
        kind: InputFindingKind.REFERENCE,
        referenceType: 'slack.channel',
        referenceState: ReferenceState.NOT_FOUND,
      },
    ]);
    expect(JSON.stringify(gone.findings)).not.toContain('NOTTHERE');
    expect((await post({ channel: archived, text: 'x' })).findings[0]?.referenceState).toBe(ReferenceState.ARCHIVED);
  });

  test('of lists and of what depends on another field are looked at one by one', async () => {
    const request = { repository: 'acme/api', pull_number: 1, reviewers: ['no-such-person', 'nobody-either'] };
    const answer = await check('github.pull_request.request_reviewers', request);
    const named = answer.findings.filter(f => f.kind === InputFindingKind.REFERENCE);
    expect(named.map(f => f.inputField)).toEqual(expect.arrayContaining(['/reviewers/0', '/reviewers/1']));
  });

  test('that look like a credential are refused by field, and looked up nowhere', async () => {
    const key = `xoxb-${'1234567890'.repeat(2)}-AbCdEfGhIjKlMnOp`;
    const before = world.sandbox.requests.length;
    const answer = await post({ channel: key, text: `use ghp_${'a1B2'.repeat(9)} please` });
    expect(told(answer)).toEqual(expect.arrayContaining(['/channel CREDENTIAL', '/text CREDENTIAL']));
    expect(answer.findings[0]?.message).toMatch(/integration.*secret/);
    expect(JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? String(v) : v))).not.toContain(key);
    expect(world.sandbox.requests.slice(before).filter(r => r.path.includes('conversations.info'))).toEqual([]);
    expect(world.logs.join('\n')).not.toContain(key);
  });

  test('that cannot be checked now are said to be unchecked', async () => {
    const other = await check('linear.issue.create', { team_id: 'x', title: 'y' });
    expect(other.valid).toBe(false);
    expect(other.readiness).toBe(Readiness.NEEDS_SETUP);
    expect(other.causes.map(c => ReadinessCause[c.cause])).toEqual(['NOT_CONFIGURED']);
    expect(told(other).some(t => t.endsWith('UNCHECKED'))).toBe(true);
    expect(other.integrationId).toBe('');
    world.sandbox.inject({ provider: 'slack', path: /conversations\.info/, status: 503, times: 3 });
    const unchecked = await post({ channel: 'C00UNKNOWN1', text: 'x' });
    expect(told(unchecked)).toEqual(['/channel UNCHECKED']);
    expect(JSON.stringify(unchecked.findings)).not.toContain('UNKNOWN1');
  });

  test('of an unknown action or integration are errors', async () => {
    expect(await reasonOf(check('slack.message.sing', {}))).toBe('ACTION_NOT_FOUND');
    const integrationId = 'intg_01h455vb4pex5vsknk084sn02q';
    expect(await reasonOf(check('slack.message.post', {}, { integrationId }))).toBe('INTEGRATION_NOT_FOUND');
    expect(await reasonOf(post({ text: 'x'.repeat(300_000) }))).toBe('FIELD_INVALID');
  });

  test('without a scope that the action needs are not valid', async () => {
    await world.db.query(
      `update integrations set granted_scopes = '{channels:read,groups:read}' where provider = 'slack'`,
    );
    const answer = await post({ channel: general(), text: 'x' });
    expect(answer.valid).toBe(false);
    expect(answer.causes.map(c => ReadinessCause[c.cause])).toContain('SCOPE_MISSING');
  });
});

describe('what looks like a credential', () => {
  const looks = (text: string, field = 'text') => looksLikeCredential(field, text, false);
  const random = 'q7Zt2Lw9XvB4nK8sRf3HdJ6mPyC1';

  test.each([
    `xoxb-${'1234567890'}-abcdefghijkl`,
    `ghp_${'a1B2'.repeat(9)}`,
    `lin_api_${'a1B2'.repeat(6)}`,
    `sk-proj-${'a1B2'.repeat(8)}`,
    `AKIA${'ABCD1234'.repeat(2)}`,
    'postgres://user:hunter22@db.example/x',
    `Authorization: Bearer ${random}`,
    '-----BEGIN RSA PRIVATE KEY-----',
    `eyJ${'hbGciOi'}JIUzI1NiJ9.eyJ${'zdWIiOiI'}xMjM0NTY3ODkwIn0.abc`,
    `the key is ${random}, keep it`,
  ])('is seen: %s', text => expect(looks(text)).toBe(true));

  test('is what stands in a field that is named so', () => {
    expect(looks('correct horse battery', 'password')).toBe(true);
    expect(looks('correct horse battery', 'title')).toBe(false);
  });

  test.each([
    'Please look into basic authentication and bearer tokens today',
    'https://github.com/acme/api/pull/1234/files#diff-0123456789abcdef',
    '550e8400-e29b-41d4-a716-446655440000',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'InternationalizationConfigurationProvider2Factory',
    'acme/really-long-repository-name-with-many-words-2024',
    'Hello World, this is a sentence with Capitals and 12345 numbers',
  ])('is not: %s', text => expect(looks(text)).toBe(false));

  test('is not an id where ids belong', () => {
    expect(looksLikeCredential('spreadsheet', random, true)).toBe(false);
    expect(looks(random, 'row_id')).toBe(false);
  });
});
