import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { GapCause, ReferenceState } from '../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { type SlackWorkspace, startSlackWorkspace } from '../proof/slack_workspace.ts';
import { crawlList } from '../src/references/crawl.ts';
import { crawlDue } from '../src/references/crawler.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** The index, with a workspace of ours: only so can a list be long, throttled, shifting and told of by events. */

const referenceType = 'slack.channel';
const project = 'demo';
let slack: SlackWorkspace;
let world: World;
let integrationId: string;

beforeEach(async () => {
  slack = await startSlackWorkspace(Array.from({ length: 1_050 }, (_, i) => `channel-${String(i).padStart(4, '0')}`));
  world = await startWorld({
    platform: file => {
      file.providers.slack = { ...slack.settings };
    },
  });
  slack.now = () => world.clock.now().getTime();
  const { integration } = await world.rpc(IntegrationService).connectProvider({
    ...{ project, provider: 'slack', authKind: AuthKind.BOT_TOKEN },
    credentials: { bot_token: slack.botToken },
  });
  integrationId = integration?.id ?? '';
});
afterEach(async () => {
  await world.stop();
  await slack.close();
});

const references = () => world.rpc(ReferenceService);
const lookup = (q = '', more: object = {}) => references().lookupReferences({ project, referenceType, q, ...more });
const resolve = (values: string[], more: object = {}) =>
  references().resolveReferences({ project, referenceType, values, ...more });
const crawl = () => crawlDue(world.service.deps);
const causesOf = (answer: { completeness?: { gaps: { cause: GapCause }[] } | undefined }) =>
  (answer.completeness?.gaps ?? []).map(gap => GapCause[gap.cause]);
const stateOf = async (value: string) => ReferenceState[(await resolve([value])).references[0]?.state ?? 0];
const id = (i: number) => `C${String(i).padStart(8, '0')}`;
const change = (i: number, more: { name?: string; isArchived?: boolean }) =>
  Object.assign(slack.channels.get(id(i)) ?? {}, more);
const later = (ms: number) => world.clock.advance(ms);
const HOUR = 3_600_000;

async function walk(q = '', pageSize = 100): Promise<string[]> {
  const values: string[] = [];
  let pageToken = '';
  do {
    const page = await lookup(q, { pageSize, pageToken });
    values.push(...page.references.map(r => r.value));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return values;
}

describe('a crawl', () => {
  test('fills the index on connect, whole and once', async () => {
    await crawl();
    const pages = slack.answered.pages;
    expect(pages).toBe(6);
    expect(await walk()).toEqual([...slack.channels.keys()]);
    const { completeness, integrationId: through } = await lookup('channel-0007');
    expect(completeness).toMatchObject({ complete: true, known: 1_050, gaps: [] });
    expect(through).toBe(integrationId);
    await crawl();
    expect(slack.answered.pages).toBe(pages);
    later(7 * HOUR);
    await crawl();
    expect(slack.answered.pages).toBe(2 * pages);
  });

  test('that is throttled waits as long as it was told, says so, and goes on from where it was', async () => {
    slack.limitPerMinute = 2;
    await crawl();
    expect(slack.answered).toMatchObject({ pages: 2, throttled: 1 });
    const partial = await lookup('channel-0001');
    expect(partial.references.map(r => r.value)).toEqual([id(1)]);
    expect(partial.completeness).toMatchObject({ complete: false, known: 400 });
    expect(causesOf(partial)).toEqual(['RATE_LIMITED', 'CRAWL_UNDER_WAY']);
    later(30_000);
    await crawl();
    await lookup();
    await references().refreshReferences({ project, referenceType });
    // Nor for an id that the index does not have yet.
    expect((await lookup(id(1_049))).references).toEqual([]);
    expect(slack.answered).toMatchObject({ pages: 2, throttled: 1 });
    for (let minute = 0; minute < 3; minute++) {
      later(61_000);
      await crawl();
    }
    expect(slack.answered.pages).toBe(6);
    expect((await lookup()).completeness).toMatchObject({ complete: true, known: 1_050 });
  });

  test('is of one process at a time, and of the next where that one is gone', async () => {
    slack.limitPerMinute = 2;
    await crawl();
    slack.limitPerMinute = 1_000;
    await world.db.query(
      `update reference_lists set holder = 'other', lease_end_time = clock_timestamp() + interval '1 min'`,
    );
    later(61_000);
    const { rows } = await world.db.query('select project, id from reference_lists where reference_type = $1', [
      referenceType,
    ]);
    await crawl();
    await crawlList(world.service.deps, rows[0]);
    await crawlList(world.service.deps, rows[0], true);
    expect(slack.answered.pages).toBe(2);
    await world.db.query(`update reference_lists set lease_end_time = clock_timestamp() - interval '1 ms'`);
    await crawl();
    expect(slack.answered.pages).toBe(6);
    expect((await lookup()).completeness).toMatchObject({ complete: true, known: 1_050 });
  });

  test('writes nothing more once another process has it', async () => {
    slack.before = async method => {
      if (method !== 'conversations.list' || slack.answered.pages < 1) return;
      await world.db.query(`update reference_lists set holder = 'other' where reference_type = $1`, [referenceType]);
    };
    await crawl();
    const { rows } = await world.db.query('select count(*)::int as count from indexed_references');
    expect(rows[0].count).toBe(200);
    const list = await world.db.query(`select holder from reference_lists where reference_type = $1`, [referenceType]);
    expect(list.rows[0].holder).toBe('other');
  });

  test('tells what was renamed, archived and removed, and no more than that', async () => {
    await crawl();
    change(3, { name: 'renamed' });
    change(4, { isArchived: true });
    slack.channels.delete(id(5));
    later(7 * HOUR);
    // The pages shift while they are read: one that is there is on none of them.
    slack.before = (method, form) => {
      if (method !== 'conversations.list') return;
      const hidden = slack.channels.get(id(300));
      if (form.get('cursor') === null && hidden) hidden.isArchived = true;
    };
    const back = { done: false };
    const before = slack.before;
    slack.before = async (method, form) => {
      await before(method, form);
      if (method === 'conversations.info' && !back.done) {
        change(300, { isArchived: false });
        back.done = true;
      }
    };
    await crawl();
    const wanted = [...slack.channels.keys()].filter(key => key !== id(4));
    expect((await walk()).toSorted()).toEqual(wanted);
    expect((await lookup()).completeness).toMatchObject({ complete: true, known: 1_048 });
    expect(await stateOf(id(5))).toBe('NOT_FOUND');
    expect(await stateOf(id(4))).toBe('ARCHIVED');
    expect(await stateOf(id(300))).toBe('PRESENT');
    const [renamed] = (await resolve([id(3)], { knownLabels: { [id(3)]: '#channel-0003' } })).references;
    expect(renamed).toMatchObject({ state: ReferenceState.RENAMED, label: '#renamed', previousLabel: '#channel-0003' });
  });

  test('whose cursor the provider no longer takes begins anew, and loses nothing', async () => {
    slack.limitPerMinute = 2;
    await crawl();
    slack.limitPerMinute = 1_000;
    await world.db.query(`update reference_lists set cursor = 'lapsed' where reference_type = $1`, [referenceType]);
    slack.channels.delete(id(2));
    later(61_000);
    await crawl();
    later(61_000);
    await crawl();
    expect((await walk()).toSorted()).toEqual([...slack.channels.keys()]);
    expect((await lookup()).completeness).toMatchObject({ complete: true, known: 1_049 });
  });
});

describe('the index', () => {
  test('answers where the provider is down, marked as what was known before', async () => {
    await crawl();
    later(7 * HOUR);
    slack.before = () => {
      throw new Error('down');
    };
    await crawl();
    const answer = await lookup('channel-0042');
    expect(answer.references.map(r => r.value)).toEqual([id(42)]);
    expect(answer.completeness).toMatchObject({ complete: false, known: 1_050 });
    expect(causesOf(answer)).toEqual(['PROVIDER_UNAVAILABLE', 'STALE']);
    expect(answer.completeness?.gaps[1]?.fix?.method).toContain('RefreshReferences');
    const known = await resolve([id(1), id(2)]);
    expect(known.references.map(r => r.state)).toEqual([ReferenceState.PRESENT, ReferenceState.PRESENT]);
    expect(known.completeness?.complete).toBe(false);
    expect(await reasonOf(resolve([id(1), 'C00NOTTHERE']))).toBe('PROVIDER_UNAVAILABLE');
  });

  test('is filled by the first lookup where nobody did before', async () => {
    const answer = await lookup('channel-0042');
    expect(answer.references.map(r => r.value)).toEqual([id(42)]);
    expect(answer.completeness).toMatchObject({ complete: true, known: 1_050 });
    expect(answer.timings?.providerTime).toBeDefined();
  });

  test('is paged, each once, while it changes', async () => {
    await crawl();
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await lookup('channel', { pageSize: 50, pageToken });
      seen.push(...page.references.map(r => r.value));
      pageToken = page.nextPageToken;
      if (seen.length === 50) {
        for (const gone of [id(10), id(49)]) slack.channels.delete(gone);
        slack.channels.set(id(9_000), { id: id(9_000), name: 'channel-00000', isArchived: false });
        later(7 * HOUR);
        await crawl();
      }
    } while (pageToken !== '');
    expect(seen.toSorted()).toEqual(Array.from({ length: 1_050 }, (_, i) => id(i)));
  });

  test('finds by a pasted address or id, also what is archived or newer than it', async () => {
    await crawl();
    change(7, { isArchived: true });
    slack.channels.set(id(9_001), { id: id(9_001), name: 'brand-new', isArchived: false });
    const found = async (q: string) => (await lookup(q)).references.map(r => [r.value, ReferenceState[r.state]]);
    expect(await found('https://acme.slack.com/archives/C00000042/p1700000000000000')).toEqual([[id(42), 'PRESENT']]);
    expect(await found('https://app.slack.com/client/T0PROOF/C00000042')).toEqual([[id(42), 'PRESENT']]);
    expect(await found(id(42))).toEqual([[id(42), 'PRESENT']]);
    expect(await found(id(9_001))).toEqual([[id(9_001), 'PRESENT']]);
    later(7 * HOUR);
    await crawl();
    expect(await found(id(7))).toEqual([[id(7), 'ARCHIVED']]);
    expect(await found('C00NOTTHERE')).toEqual([]);
  });

  test('ranks the start of a name, the start of a word, the inside, and what a typing error means', async () => {
    slack.channels.clear();
    const names = [
      'team-leads',
      'leads',
      'misleading',
      'sales-leads',
      'café-général',
      'engineering',
      '日本語-会議',
      'c++',
    ];
    for (const [i, name] of names.entries()) slack.channels.set(id(i), { id: id(i), name, isArchived: false });
    await crawl();
    const labels = async (q: string) => (await lookup(q)).references.map(r => r.label);
    expect(await labels('LEAD')).toEqual(['#leads', '#sales-leads', '#team-leads', '#misleading']);
    expect(await labels('#team-l')).toEqual(['#team-leads']);
    expect(await labels('team leads')).toEqual(['#team-leads']);
    expect(await labels('Cafe General')).toEqual(['#café-général']);
    expect(await labels('GÉNÉRAL')).toEqual(['#café-général']);
    expect(await labels('会議')).toEqual(['#日本語-会議']);
    expect(await labels('c++')).toContain('#c++');
    expect(await labels('enginering')).toEqual(['#engineering']);
    expect(await labels('100%_')).toEqual([]);
    expect((await labels('#')).length).toBe(names.length);
  });

  test("of one account is nothing to another's, and goes with its integration", async () => {
    await crawl();
    await world.db.query(`update integrations set account_id = 'T0OTHER', generation = generation + 1`);
    slack.before = () => {
      throw new Error('down');
    };
    expect(await reasonOf(lookup('channel-0042'))).toBe('PROVIDER_UNAVAILABLE');
    slack.before = () => undefined;
    expect((await lookup('channel-0042')).completeness?.known).toBe(1_050);
    await world.rpc(IntegrationService).deleteIntegration({ project, integration: integrationId });
    const { rows } = await world.db.query('select count(*)::int as count from indexed_references');
    expect(rows[0].count).toBe(0);
  });
});

describe('RefreshReferences', () => {
  test('starts a crawl, and only one', async () => {
    await crawl();
    slack.channels.set(id(9_002), { id: id(9_002), name: 'fresh', isArchived: false });
    const refresh = () => references().refreshReferences({ project, referenceType });
    let release = (): void => undefined;
    slack.before = method => (method === 'auth.test' ? undefined : new Promise<void>(done => (release = done)));
    expect((await refresh()).started).toBe(true);
    await expect.poll(() => release.name).not.toBe('release');
    expect((await refresh()).started).toBe(false);
    slack.before = () => undefined;
    release();
    await expect.poll(async () => (await lookup('fresh')).references.length, { timeout: 10_000 }).toBe(1);
  });
});
