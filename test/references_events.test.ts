import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ReferenceFeedService } from '../gen/mobius/integrations/internal/v1/reference_feed_service_pb.js';
import { AuthKind } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceState } from '../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { type SlackWorkspace, startSlackWorkspace } from '../proof/slack_workspace.ts';
import { createSchemaCheck } from '../src/catalog/schema_check.ts';
import { providers } from '../src/providers/index.ts';
import { crawlDue } from '../src/references/crawler.ts';
import { recheckDue } from '../src/references/recheck.ts';
import { brokenReferences } from '../src/references/watch.ts';
import { startWorld, type World } from './world.ts';

const referenceType = 'slack.channel';
const HOUR = 3_600_000;
let slack: SlackWorkspace;
let world: World;
let project: string;
let integrationId: string;
let count = 0;

beforeAll(async () => {
  slack = await startSlackWorkspace([]);
  world = await startWorld({
    platform: file => {
      file.providers.slack = { ...slack.settings };
    },
  });
  slack.now = () => world.clock.now().getTime();
});
afterAll(async () => {
  await world.stop();
  await slack.close();
});
beforeEach(async () => {
  slack.before = () => undefined;
  slack.channels.clear();
  for (let i = 0; i < 20; i++) slack.channels.set(id(i), { id: id(i), name: `channel-${i}`, isArchived: false });
  await world.db.query('delete from integrations');
  project = `e${++count}`;
  const { integration } = await world.rpc(IntegrationService).connectProvider({
    ...{ project, provider: 'slack', authKind: AuthKind.BOT_TOKEN },
    credentials: { bot_token: slack.botToken },
  });
  integrationId = integration?.id ?? '';
  await crawl();
  later(60_000);
});

const id = (i: number) => `C${String(i).padStart(8, '0')}`;
const later = (ms: number) => world.clock.advance(ms);
const crawl = () => crawlDue(world.service.deps);
const references = () => world.rpc(ReferenceService);
const lookup = (q = '') => references().lookupReferences({ project, referenceType, q });
const labels = async (q = '') => (await lookup(q)).references.map(r => r.label);
const resolve = async (...values: string[]) =>
  (await references().resolveReferences({ project, referenceType, values })).references.map(r => [
    r.label,
    ReferenceState[r.state],
  ]);
const deliver = async (event: object, occurMs?: number) =>
  expect(await slack.deliver(world.edgeUrl, event, occurMs)).toBe(200);
const rename = (i: number, name: string) => ({ type: 'channel_rename', channel: { id: id(i), name } });
/** What the index holds, unasked. */
const indexed = async (i: number) => {
  const { rows } = await world.db.query(
    'select label, state from indexed_references where project = $1 and value = $2',
    [project, id(i)],
  );
  return rows[0];
};

describe('an event', () => {
  test('adds, renames, archives, brings back and removes at once, without a call of the provider', async () => {
    slack.before = () => {
      throw new Error('nobody asks');
    };
    await deliver({ type: 'channel_created', channel: { id: id(50), name: 'new-one' } });
    await deliver(rename(1, 'other'));
    await deliver({ type: 'channel_archive', channel: id(2) });
    await deliver({ type: 'channel_deleted', channel: id(3) });
    await deliver({ type: 'channel_archive', channel: id(4) });
    later(2_000);
    await deliver({ type: 'channel_unarchive', channel: id(4) });
    expect(await labels('new')).toEqual(['#new-one']);
    expect(await labels('other')).toEqual(['#other']);
    expect(await labels('')).not.toContain('#channel-2');
    expect(await labels('')).not.toContain('#channel-3');
    expect((await labels('channel 4'))[0]).toBe('#channel-4');
    expect((await lookup()).completeness).toMatchObject({ complete: true, known: 19 });
    expect(await indexed(2)).toEqual({ label: '#channel-2', state: 'ARCHIVED' });
    expect(await indexed(3)).toEqual({ label: '#channel-3', state: 'NOT_FOUND' });
  });

  test('that comes late overwrites nothing newer: the provider is asked', async () => {
    const now = slack.now();
    await deliver(rename(1, 'second'), now);
    Object.assign(slack.channels.get(id(1)) ?? {}, { name: 'second' });
    await deliver(rename(1, 'first'), now - 10_000);
    expect(await labels('second')).toEqual(['#second']);
    expect(await labels('first')).toEqual([]);
    // Before the crawl, as far as the vendor's clock tells.
    await deliver(rename(5, 'long ago'), now - HOUR);
    expect(await indexed(5)).toEqual({ label: '#channel-5', state: 'PRESENT' });
    await crawl();
    expect(await indexed(1)).toEqual({ label: '#second', state: 'PRESENT' });
    expect(await indexed(5)).toEqual({ label: '#channel-5', state: 'PRESENT' });
    const { rows } = await world.db.query(
      'select count(*)::int as n from indexed_references where check_time is not null',
    );
    expect(rows[0].n).toBe(0);
  });

  test('of the same second as another is settled by the provider', async () => {
    const second = Math.floor(slack.now() / 1_000) * 1_000;
    Object.assign(slack.channels.get(id(1)) ?? {}, { name: 'last' });
    await deliver(rename(1, 'last'), second);
    await deliver(rename(1, 'first'), second);
    await crawl();
    expect(await indexed(1)).toEqual({ label: '#last', state: 'PRESENT' });
  });

  test('that is delivered again tells nothing more', async () => {
    for (const _ of [1, 2])
      expect(await slack.deliver(world.edgeUrl, rename(1, 'renamed'), slack.now(), 'EvTwice')).toBe(200);
    expect(await indexed(1)).toEqual({ label: '#renamed', state: 'PRESENT' });
    const { rows } = await world.db.query('select 1 from indexed_references where check_time is not null');
    expect(rows).toEqual([]);
  });

  test('is not undone by a page that was asked for before it', async () => {
    later(7 * HOUR);
    slack.before = async method => {
      if (method !== 'conversations.list') return;
      slack.before = () => undefined;
      // The page is of before: the provider has the new name only when it is asked again.
      later(1_000);
      await deliver(rename(1, 'newer'));
      await deliver({ type: 'channel_created', channel: { id: id(60), name: 'just made' } });
      setImmediate(() => Object.assign(slack.channels.get(id(1)) ?? {}, { name: 'newer' }));
      slack.channels.set(id(60), { id: id(60), name: 'just made', isArchived: true });
    };
    await crawl();
    expect(await indexed(1)).toEqual({ label: '#newer', state: 'PRESENT' });
    expect(await indexed(60)).toEqual({ label: '#just made', state: 'PRESENT' });
  });

  test('is taken once, and of its own account only', async () => {
    const other = `${project}-other`;
    await world.rpc(IntegrationService).connectProvider({
      ...{ project: other, provider: 'slack', authKind: AuthKind.BOT_TOKEN },
      credentials: { bot_token: slack.botToken },
    });
    await world.db.query(`update integrations set account_id = 'T0ELSE' where project = $1`, [other]);
    await crawl();
    await deliver(rename(1, 'mine'));
    const { rows } = await world.db.query(`select project from indexed_references where label = '#mine'`);
    expect(rows).toEqual([{ project }]);
  });
});

test('an event of the account that is connected now changes nothing of the account before', async () => {
  await world.db.query(`update reference_lists set account_id = 'T0BEFORE' where project = $1`, [project]);
  await deliver(rename(1, 'of another workspace'));
  await deliver({ type: 'channel_created', channel: { id: id(70), name: 'of another workspace' } });
  expect(await indexed(1)).toEqual({ label: '#channel-1', state: 'PRESENT' });
  expect(await indexed(70)).toBeUndefined();
});

describe('a watched reference', () => {
  const events = async () =>
    (
      await world.db.query(
        `select e.payload, s.meta, s.integration_id from source_events s
           join integration_events e on e.project = s.project and e.id = s.integration_event_id
          where s.project = $1 and s.event_type = 'integration.reference.broken'`,
        [project],
      )
    ).rows;
  const broken = () => brokenReferences(world.service.deps.store.em.fork(), project, integrationId);

  test('that breaks is told once, within a day, and shows as broken until it is mended', async () => {
    expect(await resolve(id(1), id(2), 'C00NOTTHERE')).toEqual([
      ['#channel-1', 'PRESENT'],
      ['#channel-2', 'PRESENT'],
      ['', 'NOT_FOUND'],
    ]);
    const channel = slack.channels.get(id(1));
    Object.assign(channel ?? {}, { isArchived: true });
    await recheckDue(world.service.deps);
    expect(await events()).toEqual([]);
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    await recheckDue(world.service.deps);
    expect(await events()).toMatchObject([
      {
        integration_id: integrationId,
        payload: { reference_type: referenceType, value: id(1), label: '#channel-1', state: 'ARCHIVED' },
      },
    ]);
    const told = world.service.deps.catalog.eventType('integration.reference.broken');
    const [event] = await events();
    expect(createSchemaCheck()(told?.eventType.payloadSchema ?? {}, event?.payload)).toEqual([]);
    expect(await broken()).toMatchObject([{ referenceType, value: id(1), state: 'ARCHIVED' }]);
    const impact = await world.rpc(IntegrationService).previewImpact({ project, integration: integrationId });
    expect(impact.references.map(r => [r.reference?.value, ReferenceState[r.reference?.state ?? 0]])).toEqual([
      [id(1), 'ARCHIVED'],
      [id(2), 'PRESENT'],
    ]);
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    expect((await events()).length).toBe(1);
    Object.assign(channel ?? {}, { isArchived: false });
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    expect(await broken()).toEqual([]);
    slack.channels.delete(id(1));
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    expect((await events()).map(({ payload }) => payload.state)).toEqual(['ARCHIVED', 'NOT_FOUND']);
  });

  test('is rechecked at once where an event tells that it broke, and not for a provider that is down', async () => {
    await resolve(id(1), id(2));
    slack.channels.delete(id(2));
    await deliver({ type: 'channel_deleted', channel: id(2) });
    await recheckDue(world.service.deps);
    expect((await events()).map(({ payload }) => payload.value)).toEqual([id(2)]);
    slack.before = () => {
      throw new Error('down');
    };
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    expect((await broken()).map(r => r.value)).toEqual([id(2)]);
  });

  test('is told once by two processes that recheck it together', async () => {
    await resolve(id(1));
    slack.channels.delete(id(1));
    later(25 * HOUR);
    const deps = world.service.deps;
    const client = await world.db.connect();
    try {
      // All of them stand before the row at once.
      await client.query('begin');
      await client.query('select from watched_references where project = $1 for update', [project]);
      const rechecks = Promise.all([recheckDue(deps), recheckDue(deps), recheckDue(deps)]);
      const waiting = `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%watched_references%'`;
      await expect.poll(async () => (await world.db.query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(3);
      await client.query('rollback');
      await rechecks;
    } finally {
      client.release();
    }
    expect((await events()).length).toBe(1);
  });

  test('of a built-in type is rechecked the same way: daily, and at once where its service told', async () => {
    const feed = world.internal(ReferenceFeedService, 'platform');
    const ofTables = { project, referenceType: 'table.table' };
    const put = (value: string, version: number, more: object = {}) =>
      feed.putReferences({ ...ofTables, references: [{ value, label: value, version: BigInt(version), ...more }] });
    const values = ['tbl_1', 'tbl_2', 'tbl_3', 'tbl_4'];
    for (const value of values) await put(value, 1);
    await references().resolveReferences({ ...ofTables, values });
    const recheck = async () => {
      await recheckDue(world.service.deps);
      return (await events()).map(({ payload, integration_id: through }) => [payload.value, payload.state, through]);
    };
    expect(await recheck()).toEqual([]);
    await feed.removeReferences({ ...ofTables, references: [{ value: 'tbl_1', version: 2n }] });
    expect(await recheck()).toEqual([['tbl_1', 'NOT_FOUND', '']]);
    await put('tbl_2', 2, { archived: true });
    expect((await recheck())[1]).toEqual(['tbl_2', 'ARCHIVED', '']);
    // Whatever changed it, and however: within a day it is seen.
    await world.db.query(`update published_references set remove_time = now() where project = $1 and value = 'tbl_3'`, [
      project,
    ]);
    expect((await recheck()).length).toBe(2);
    later(25 * HOUR);
    expect((await recheck())[2]).toEqual(['tbl_3', 'NOT_FOUND', '']);
    later(25 * HOUR);
    expect((await recheck()).length).toBe(3);
    const told = await world.db.query(
      `select distinct provider from source_events where project = $1 and event_type = 'integration.reference.broken'`,
      [project],
    );
    expect(told.rows).toEqual([{ provider: 'table' }]);
    // One that came back may break again.
    await put('tbl_2', 3);
    later(25 * HOUR);
    await recheck();
    await feed.putReferences({
      ...ofTables,
      complete: true,
      references: [{ value: 'tbl_4', label: 'x', version: 2n }],
    });
    expect((await recheck()).map(([value]) => value).toSorted()).toEqual(['tbl_1', 'tbl_2', 'tbl_2', 'tbl_3']);
  });

  test('that is out of reach by now is told as such, by the name it had', async () => {
    await resolve(id(5));
    Object.assign(slack.channels.get(id(5)) ?? {}, { isHidden: true });
    later(25 * HOUR);
    await recheckDue(world.service.deps);
    expect((await events()).map(({ payload }) => payload)).toMatchObject([
      { value: id(5), label: '#channel-5', state: 'NO_ACCESS' },
    ]);
  });

  test('is let go 30 days after it was resolved last', async () => {
    await resolve(id(1));
    slack.channels.delete(id(1));
    later(31 * 24 * HOUR);
    await recheckDue(world.service.deps);
    expect(await events()).toEqual([]);
    const { rows } = await world.db.query('select value from watched_references where project = $1', [project]);
    expect(rows).toEqual([]);
  });
});

test.each([
  [
    'github.repository',
    'github.repository.archived',
    { repository: { full_name: 'a/b', archived: true } },
    'a/b ARCHIVED',
  ],
  ['github.repository', 'github.repository.deleted', { repository: { full_name: 'a/b' } }, 'a/b NOT_FOUND'],
  [
    'github.repository',
    'github.repository.renamed',
    { repository: { full_name: 'a/new' }, changes: { repository: { name: { from: 'old' } } } },
    'a/new PRESENT, a/old NOT_FOUND',
  ],
  [
    'github.repository',
    'github.repository.transferred',
    { repository: { full_name: 'b/x' }, changes: { owner: { from: { user: { login: 'a' } } } } },
    'b/x PRESENT, a/x NOT_FOUND',
  ],
  [
    'github.label',
    'github.label.edited',
    { label: { name: 'new' }, changes: { name: { from: 'old' } }, repository: { full_name: 'a/b' } },
    'new PRESENT, old NOT_FOUND',
  ],
  ['github.branch', 'github.delete', { ref: 'x', ref_type: 'branch', repository: { full_name: 'a/b' } }, 'x NOT_FOUND'],
  ['github.branch', 'github.delete', { ref: 'x', ref_type: 'tag', repository: { full_name: 'a/b' } }, ''],
  ['linear.project', 'linear.project.updated', { data: { id: 'p', name: 'P', teamIds: ['t'] } }, 'p PRESENT'],
  ['linear.project', 'linear.project.removed', { data: { id: 'p' } }, 'p NOT_FOUND'],
  ['linear.issue', 'linear.issue.updated', { data: { id: 'i', teamId: 't' } }, 'i ASKED'],
  ['jira.project', 'jira.project.deleted', { project: { id: 7 } }, '7 NOT_FOUND'],
  ['jira.issue', 'jira.issue.updated', { issue: { id: '9' } }, '9 ASKED'],
  ['slack.channel', 'slack.event', { event: { type: 'message', channel: 'C1' } }, ''],
])('of %s, %s tells what it says', (type, eventType, payload, told) => {
  const found = providers.flatMap(p => p.references).find(({ name }) => name === type);
  const touches = (found?.source === 'PROVIDER' && found.touchedBy?.({ eventType, payload })) || [];
  expect(touches.map(({ value, state }) => `${value} ${state ?? 'ASKED'}`).join(', ')).toBe(told);
});
