import type { Client } from '@connectrpc/connect';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ReferenceFeedService } from '../gen/mobius/integrations/internal/v1/reference_feed_service_pb.js';
import { CatalogView } from '../gen/mobius/integrations/v1/catalog_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { Readiness, RuntimeState } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceState } from '../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const narrow = 'user:narrow';

let world: World;
let project: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld({
    access: list =>
      list.callers.push({ identity: narrow, permissions: ['references.read'], projects: ['*'], providers: ['linear'] }),
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `r${++count}`;
});

type Lookup = Parameters<Client<typeof ReferenceService>['lookupReferences']>[0];

const references = () => world.rpc(ReferenceService);
const lookup = (referenceType: string, more: Lookup = {}) =>
  references().lookupReferences({ project, referenceType, ...more });
const resolve = (referenceType: string, values: string[], more: object = {}) =>
  references().resolveReferences({ project, referenceType, values, ...more });

async function connect(provider: string): Promise<string> {
  const integrations = world.rpc(IntegrationService);
  const { redirectUrl, sessionId } = await integrations.connectProvider({ project, provider });
  expect((await openBrowser().open(redirectUrl)).status).toBe(200);
  return (await integrations.getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
}

async function connectLinear(name = 'Linear'): Promise<string> {
  const request = { project, provider: 'linear', name, credentials: { api_key: world.seeds.linear.apiKey } };
  return (await world.rpc(IntegrationService).connectProvider(request)).integration?.id ?? '';
}

const channels = () => world.seeds.slack.workspaces[0]?.channels ?? [];
const channelId = (name: string) => channels().find(c => c.name === name)?.id ?? '';
const statesOf = (answer: { references: { value: string; state: ReferenceState }[] }) =>
  answer.references.map(r => ReferenceState[r.state]);

describe('looking up at the provider', () => {
  test.each(['slack.channel', 'github.repository', 'linear.team', 'jira.project', 'google_sheets.spreadsheet'])(
    'lists %s, and what it lists resolves',
    async referenceType => {
      const provider = referenceType.split('.')[0] ?? '';
      const integrationId = await connect(provider);
      const listed = await lookup(referenceType);
      expect(listed.references.length).toBeGreaterThan(1);
      expect(listed.integrationId).toBe(integrationId);
      expect(listed.completeness).toMatchObject({ complete: true, known: listed.references.length, gaps: [] });
      expect(listed.timings?.providerTime).toBeDefined();
      const { references: resolved, unresolved } = await resolve(
        referenceType,
        listed.references.map(r => r.value),
      );
      expect(resolved.map(r => [r.value, r.label])).toEqual(listed.references.map(r => [r.value, r.label]));
      expect(unresolved).toEqual([]);
      const [first] = listed.references;
      const found = await lookup(referenceType, { q: first?.label.toUpperCase() });
      expect(found.references[0]?.value).toBe(first?.value);
    },
  );

  test('walks all pages, each reference once, and says that all of it was considered', async () => {
    await connect('slack');
    const all = (await lookup('slack.channel')).references.map(r => r.value);
    const walked: string[] = [];
    let pageToken = '';
    do {
      const page = await lookup('slack.channel', { pageSize: 4, pageToken });
      expect(page.references.length).toBeLessThanOrEqual(4);
      expect(page.completeness).toMatchObject({ complete: true, known: all.length });
      walked.push(...page.references.map(r => r.value));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(walked).toEqual(all);
    expect(walked).not.toContain(channels().find(c => c.isArchived)?.id);
  });

  test('puts the best match first', async () => {
    await connect('slack');
    const labels = (await lookup('slack.channel', { q: 'E' })).references.map(r => r.label);
    expect(labels[0]).toBe('#engineering');
    expect(labels).toContain('#release-notes');
    expect((await lookup('slack.channel', { q: 'notes' })).references.map(r => r.label)).toEqual(['#release-notes']);
    expect((await lookup('slack.channel', { q: 'zzz' })).references).toEqual([]);
  });
});

describe('resolving at the provider', () => {
  test('tells present, renamed, archived and not found, in the order asked', async () => {
    await connect('slack');
    const archived = channels().find(c => c.isArchived)?.id ?? '';
    const values = ['C00NOTTHERE', channelId('random'), archived, channelId('general'), channelId('design')];
    const answer = await resolve('slack.channel', values, {
      knownLabels: { [channelId('general')]: '#allgemein', [channelId('design')]: '#design' },
    });
    expect(answer.references.map(r => r.value)).toEqual(values);
    expect(statesOf(answer)).toEqual(['NOT_FOUND', 'PRESENT', 'ARCHIVED', 'RENAMED', 'PRESENT']);
    expect(answer.references[3]).toMatchObject({ label: '#general', previousLabel: '#allgemein' });
    expect(answer.unresolved).toEqual(['C00NOTTHERE']);
  });

  test('a provider that does not answer is an error, not a wrong answer', async () => {
    await connect('slack');
    const path = /conversations\.info/;
    world.sandbox.inject({ provider: 'slack', path, status: 503, times: 3 });
    expect(await reasonOf(resolve('slack.channel', [channelId('general')]))).toBe('PROVIDER_UNAVAILABLE');
  });
});

describe('what stands in the way of a lookup is told', () => {
  test('an unknown type, or none for the caller', async () => {
    expect(await reasonOf(lookup('slack.chanel'))).toBe('REFERENCE_TYPE_NOT_FOUND');
    expect(await reasonOf(resolve('slack.chanel', ['x']))).toBe('REFERENCE_TYPE_NOT_FOUND');
    const asNarrow = world.rpc(ReferenceService, { subject: narrow });
    expect(await reasonOf(asNarrow.lookupReferences({ project, referenceType: 'slack.channel' }))).toBe(
      'PERMISSION_MISSING',
    );
  });

  test('a planned type', async () => {
    const { referenceTypes } = await references().listReferenceTypes({ project, pageSize: 200 });
    const planned = referenceTypes.filter(t => t.runtimeState === RuntimeState.PLANNED);
    for (const { name } of planned) expect(await reasonOf(lookup(name))).toBe('NOT_IMPLEMENTED');
  });

  test('no integration, one switched off, several without a default', async () => {
    expect(await reasonOf(lookup('linear.team'))).toBe('NOT_CONFIGURED');
    const integrations = world.rpc(IntegrationService);
    const integration = await connectLinear();
    await integrations.updateIntegration({ project, integration, status: IntegrationStatus.INACTIVE });
    expect(await reasonOf(lookup('linear.team'))).toBe('INACTIVE');
    await integrations.updateIntegration({ project, integration, status: IntegrationStatus.ACTIVE, isDefault: false });
    await connectLinear('another');
    expect(await reasonOf(lookup('linear.team'))).toBe('AMBIGUOUS_INTEGRATION');
    expect((await lookup('linear.team', { integrationId: integration })).integrationId).toBe(integration);
  });

  test("another project's integration is as absent as one that never was, and another provider's does not fit", async () => {
    const foreign = await connectLinear();
    project = `${project}-other`;
    const never = 'intg_01h455vb4pex5vsknk084sn02q';
    expect(await reasonOf(lookup('linear.team', { integrationId: foreign }))).toBe('INTEGRATION_NOT_FOUND');
    expect(await reasonOf(lookup('linear.team', { integrationId: never }))).toBe('INTEGRATION_NOT_FOUND');
    const own = await connectLinear();
    expect(await reasonOf(lookup('slack.channel', { integrationId: own }))).toBe('FIELD_INVALID');
    expect(await reasonOf(lookup('table.table', { integrationId: own }))).toBe('INTEGRATION_NOT_FOUND');
  });

  test('a scope that was not granted', async () => {
    await connect('slack');
    await world.db.query(`update integrations set granted_scopes = '{chat:write}' where project = $1`, [project]);
    expect(await reasonOf(lookup('slack.channel'))).toBe('SCOPE_MISSING');
  });

  test('dependencies that are missing or unknown, by their key', async () => {
    await connect('github');
    const messageOf = (call: Promise<unknown>) => call.then(String, String);
    expect(await reasonOf(lookup('github.label'))).toBe('FIELD_INVALID');
    expect(await messageOf(lookup('github.label'))).toContain('depends_on.repository');
    expect(await messageOf(lookup('github.label', { dependsOn: { repository: 'acme/api', team: 'x' } }))).toContain(
      'depends_on.team',
    );
    expect(await messageOf(lookup('github.repository', { dependsOn: { owner: 'x' } }))).toContain('depends_on.owner');
    const wrong = lookup('github.label', { dependsOn: { repository: 'acme/nothing-there' } });
    expect(await messageOf(wrong)).toContain('depends_on.repository');
    expect(await reasonOf(lookup('github.label', { dependsOn: { repository: 'acme/nothing-there' } }))).toBe(
      'FIELD_INVALID',
    );
  });

  test('a provider that is down, slow to be asked, or no longer takes the credential', async () => {
    await connect('slack');
    const path = /conversations\.list/;
    world.sandbox.inject({ provider: 'slack', path, status: 503, times: 1 });
    expect(await reasonOf(lookup('slack.channel'))).toBe('PROVIDER_UNAVAILABLE');
    world.sandbox.inject({ provider: 'slack', path, status: 429, headers: { 'retry-after': '7' }, times: 1 });
    expect(await reasonOf(lookup('slack.channel'))).toBe('RATE_LIMITED');
    // Until the time that it named, it is not asked again.
    expect(await reasonOf(lookup('slack.channel'))).toBe('RATE_LIMITED');
    world.clock.advance(8_000);
    world.sandbox.inject({ provider: 'slack', path, body: '<html>maintenance</html>', status: 200, times: 1 });
    expect(await reasonOf(lookup('slack.channel'))).toBe('PROVIDER_ANSWER_INVALID');
    world.sandbox.inject({ provider: 'slack', path, status: 401, times: 1 });
    expect(await reasonOf(lookup('slack.channel'))).toBe('CREDENTIAL_REFUSED');
    expect((await lookup('slack.channel')).references.length).toBeGreaterThan(0);
  });
});

describe('reference types', () => {
  test('are listed by name with their readiness and, in full, the form of what they depend on', async () => {
    await connect('github');
    const { referenceTypes } = await references().listReferenceTypes({
      project,
      view: CatalogView.FULL,
      pageSize: 200,
    });
    const names = referenceTypes.map(t => t.name);
    expect(names).toEqual(names.toSorted());
    const named = (name: string) => referenceTypes.find(t => t.name === name);
    expect(named('github.repository')?.readiness).toBe(Readiness.READY);
    expect(named('slack.channel')?.readiness).toBe(Readiness.NEEDS_SETUP);
    expect(named('table.table')?.readiness).toBe(Readiness.READY);
    expect(named('github.label')?.dependsOnSchema).toMatchObject({
      required: ['repository'],
      properties: { repository: { type: 'string' } },
    });
    expect(named('github.repository')?.dependsOnSchema).toBeUndefined();
    const ready = await references().listReferenceTypes({ project, provider: 'slack', readiness: Readiness.READY });
    expect(ready.referenceTypes).toEqual([]);
  });
});

describe('what platform services publish', () => {
  const feed = () => world.internal(ReferenceFeedService, 'platform');
  const referenceType = 'table.table';
  const put = (...tables: [value: string, label: string, version: number, more?: object][]) =>
    feed().putReferences({
      project,
      referenceType,
      references: tables.map(([value, label, version, more]) => ({ value, label, version: BigInt(version), ...more })),
    });
  const putAll = (...tables: [value: string, label: string, version: number][]) =>
    feed().putReferences({
      project,
      referenceType,
      complete: true,
      references: tables.map(([value, label, version]) => ({ value, label, version: BigInt(version) })),
    });
  const remove = (value: string, version: number) =>
    feed().removeReferences({ project, referenceType, references: [{ value, version: BigInt(version) }] });
  const labels = async (q = '') => (await lookup(referenceType, { q })).references.map(r => r.label);

  test('is looked up and resolved, in its own project only', async () => {
    await put(['tbl_1', 'Orders', 1, { description: 'All orders', metadata: { rows: '7' } }], ['tbl_2', 'Leads', 1]);
    const listed = await lookup(referenceType);
    expect(listed.references.map(r => r.label)).toEqual(['Leads', 'Orders']);
    expect(listed.references[1]).toMatchObject({ description: 'All orders', metadata: { rows: '7' } });
    expect(listed.completeness).toMatchObject({ complete: true, known: 2 });
    const resolved = await resolve(referenceType, ['tbl_2', 'tbl_9'], { knownLabels: { tbl_2: 'Prospects' } });
    expect(statesOf(resolved)).toEqual(['RENAMED', 'NOT_FOUND']);
    project = `${project}-other`;
    expect(await labels()).toEqual([]);
  });

  test('an older put never overwrites a newer, and a repeat changes nothing', async () => {
    expect(await put(['tbl_1', 'New', 5])).toMatchObject({ changedCount: 1, ignoredCount: 0 });
    expect(await put(['tbl_1', 'Old', 4], ['tbl_2', 'Other', 1])).toMatchObject({ changedCount: 1, ignoredCount: 1 });
    expect(await put(['tbl_1', 'Again', 5])).toMatchObject({ changedCount: 0, ignoredCount: 1 });
    expect(await put(['tbl_3', 'First', 1], ['tbl_3', 'Second', 2])).toMatchObject({
      changedCount: 1,
      ignoredCount: 1,
    });
    expect(await labels()).toEqual(['New', 'Other', 'Second']);
  });

  test('puts that arrive at once end with the newest', async () => {
    for (let round = 1; round <= 5; round++) {
      // The older one is under way for longer, and comes to the value they share last.
      const rows = Array.from({ length: 900 }, (_, i): [string, string, number] => [`x${i}`, `x${i}`, round]);
      const older = put(...rows, ['tbl_1', 'older', 2 * round]);
      const newer = put(['tbl_1', 'newer', 2 * round + 1]);
      await Promise.all([older, newer]);
      expect(await labels('er')).toEqual(['newer']);
    }
    expect((await lookup(referenceType)).completeness?.known).toBe(901);
  });

  test('a removal holds against older puts, even one that comes first', async () => {
    await put(['tbl_1', 'Orders', 3]);
    expect(await remove('tbl_1', 2)).toMatchObject({ removedCount: 0, ignoredCount: 1 });
    expect(await remove('tbl_1', 4)).toMatchObject({ removedCount: 1, ignoredCount: 0 });
    expect(await remove('tbl_1', 4)).toMatchObject({ removedCount: 0, ignoredCount: 0 });
    expect(await put(['tbl_1', 'Orders', 4])).toMatchObject({ changedCount: 0, ignoredCount: 1 });
    expect(statesOf(await resolve(referenceType, ['tbl_1']))).toEqual(['NOT_FOUND']);
    expect(await remove('tbl_2', 7)).toMatchObject({ removedCount: 0, ignoredCount: 0 });
    expect(await put(['tbl_2', 'Late', 6])).toMatchObject({ ignoredCount: 1 });
    expect(await put(['tbl_1', 'Back', 5])).toMatchObject({ changedCount: 1 });
    expect(await labels()).toEqual(['Back']);
  });

  test('a complete list removes the rest, and what it left out by mistake can be put back', async () => {
    await put(['tbl_1', 'One', 1], ['tbl_2', 'Two', 1], ['tbl_3', 'Three', 1]);
    expect(await putAll(['tbl_1', 'One', 1], ['tbl_4', 'Four', 1])).toMatchObject({
      changedCount: 1,
      ignoredCount: 1,
      removedCount: 2,
    });
    expect(await labels()).toEqual(['Four', 'One']);
    expect(await putAll(['tbl_1', 'One', 1], ['tbl_4', 'Four', 1])).toMatchObject({ removedCount: 0, changedCount: 0 });
    expect(await put(['tbl_2', 'Two', 1])).toMatchObject({ changedCount: 1 });
    expect(await labels()).toEqual(['Four', 'One', 'Two']);
  });

  test('is searched exact first, then prefix, word, part and description; archived ones are not offered', async () => {
    await put(
      ['1', 'Reorders', 1],
      ['2', 'Old orders', 1],
      ['3', 'Orders 2025', 1],
      ['4', 'Orders', 1],
      ['5', 'Sales', 1, { description: 'Orders by region' }],
      ['6', 'Orders gone', 1, { archived: true }],
    );
    expect(await labels('ORDERS')).toEqual(['Orders', 'Orders 2025', 'Old orders', 'Reorders', 'Sales']);
    expect(await labels('3')).toEqual(['Orders 2025']);
    expect(statesOf(await resolve(referenceType, ['6']))).toEqual(['ARCHIVED']);
    expect(await labels('100%_')).toEqual([]);
  });

  test('is paged, each once, while it changes', async () => {
    await put(...Array.from({ length: 25 }, (_, i): [string, string, number] => [`t${i}`, `Table ${i % 5}`, 1]));
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await lookup(referenceType, { q: 'table', pageSize: 4, pageToken });
      seen.push(...page.references.map(r => r.value));
      pageToken = page.nextPageToken;
      const last = seen.at(-1) ?? '';
      if (seen.length === 4) await remove(last, 2);
    } while (pageToken !== '');
    expect(seen.toSorted()).toEqual(Array.from({ length: 25 }, (_, i) => `t${i}`).toSorted());
    const token = Buffer.from(JSON.stringify(['x', '0', 'y'])).toString('base64url');
    expect(await reasonOf(lookup(referenceType, { pageToken: token }))).toBe('FIELD_INVALID');
  });

  test('is taken only for built-in types, from services that may publish, in characters that can be stored', async () => {
    const one = { value: 'C1', label: '#x', version: 1n };
    const to = (type: string, who: 'platform' | 'stranger' | 'executor') =>
      reasonOf(
        world.internal(ReferenceFeedService, who).putReferences({ project, referenceType: type, references: [one] }),
      );
    expect(await to('slack.channel', 'platform')).toBe('REFERENCE_TYPE_NOT_FED');
    expect(await to('table.nothing', 'platform')).toBe('REFERENCE_TYPE_NOT_FOUND');
    expect(await to('table.table', 'stranger')).toBe('PERMISSION_MISSING');
    expect(await to('table.table', 'executor')).toBe('PERMISSION_MISSING');
    expect(await reasonOf(put(['tbl\u0000', 'x', 1]))).toBe('FIELD_INVALID');
    expect(await reasonOf(put(['tbl', 'x', 1, { metadata: { a: '\u0000' } }]))).toBe('FIELD_INVALID');
    expect(await reasonOf(remove('tbl\u0000', 1))).toBe('FIELD_INVALID');
    expect(await reasonOf(lookup(referenceType, { q: 'a\u0000' }))).toBe('FIELD_INVALID');
    expect(await reasonOf(resolve(referenceType, ['a\u0000']))).toBe('FIELD_INVALID');
  });
});
