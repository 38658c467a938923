import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceState } from '../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { MAX_DEPENDENT_LISTS } from '../src/references/cap_lists.ts';
import { openBrowser } from './browser.ts';
import { startWorld, type World } from './world.ts';

/** Lists under other values: there are as many as people look through, and no more than a bound. */

const referenceType = 'google_sheets.sheet';
let world: World;
let project: string;
let integrationId: string;
let spreadsheets: string[];
let count = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  project = `l${++count}`;
  const { redirectUrl } = await world.rpc(IntegrationService).connectProvider({ project, provider: 'google_sheets' });
  expect((await openBrowser().open(redirectUrl)).status).toBe(200);
  const listed = await references().lookupReferences({ project, referenceType: 'google_sheets.spreadsheet' });
  spreadsheets = listed.references.map(({ value }) => value);
  integrationId = listed.integrationId;
});

const references = () => world.rpc(ReferenceService);
const lookup = (spreadsheet: string) =>
  references().lookupReferences({ project, referenceType, dependsOn: { spreadsheet } });
const resolve = (spreadsheet: string, values: string[]) =>
  references().resolveReferences({ project, referenceType, values, dependsOn: { spreadsheet } });
const lists = async () => {
  const { rows } = await world.db.query<{ spreadsheet: string; rows: number; next_time: string | null }>(
    `select depends_on->>'spreadsheet' as spreadsheet, next_time,
            (select count(*)::int from indexed_references i where i.project = l.project and i.list = l.id) as rows
       from reference_lists l where project = $1 and reference_type = $2`,
    [project, referenceType],
  );
  return new Map(rows.map(row => [row.spreadsheet, row]));
};
/** As lookups of so many others would have made them, the first the longest ago, with a reference each. */
const crowd = async (many: number) => {
  await world.db.query(
    `insert into reference_lists (project, id, integration_id, reference_type, depends_on, account_id,
       integration_generation, generation, is_listing, known, failures, next_time, use_time)
     select l.project, 'list-' || i, $2, $3, jsonb_build_object('spreadsheet', 'other-' || i), l.account_id,
       l.integration_generation, 1, false, 1, 0, now() + interval '1 hour', now() - interval '1 day' + i * interval '1 s'
       from generate_series(1, $4::int) i, (select * from reference_lists where project = $1 limit 1) l`,
    [project, integrationId, referenceType, many],
  );
  await world.db.query(
    `insert into indexed_references (project, list, value, label, metadata, state, name, extra, generation, seen_time)
     select $1, 'list-' || i, '0', 'Sheet', '{}', 'PRESENT', 'sheet', '', 1, now() from generate_series(1, $2::int) i`,
    [project, many],
  );
};

describe('dependent lists', () => {
  test('are bounded: the one that was looked through least lately goes, and is read anew when it is asked for', async () => {
    const [first = '', second = ''] = spreadsheets;
    const found = await lookup(first);
    expect(found.references.length).toBeGreaterThan(0);
    await world.db.query(
      `update reference_lists set use_time = now() - interval '2 days' where project = $1 and reference_type = $2`,
      [project, referenceType],
    );
    await crowd(MAX_DEPENDENT_LISTS - 1);
    expect((await lists()).size).toBe(MAX_DEPENDENT_LISTS);
    await lookup(second);
    const left = await lists();
    expect(left.size).toBe(MAX_DEPENDENT_LISTS);
    expect(left.has(first)).toBe(false);
    expect(left.has(second)).toBe(true);
    expect(left.has('other-1')).toBe(true);
    expect((await lookup(first)).references).toMatchObject(found.references.map(({ value }) => ({ value })));
    expect((await lists()).has('other-1')).toBe(false);
    expect((await lists()).size).toBe(MAX_DEPENDENT_LISTS);
    // The others' lists, and those that depend on nothing, are no matter of it.
    const { rows } = await world.db.query(
      `select count(*)::int as n from reference_lists where project = $1 and reference_type <> $2`,
      [project, referenceType],
    );
    expect(rows[0].n).toBeGreaterThan(0);
  });

  test('of which something is watched are emptied, and what is watched stays so', async () => {
    const [first = '', second = ''] = spreadsheets;
    const value = (await lookup(first)).references[0]?.value ?? '';
    await resolve(first, [value]);
    await world.db.query(
      `update reference_lists set use_time = now() - interval '2 days' where project = $1 and reference_type = $2`,
      [project, referenceType],
    );
    await crowd(MAX_DEPENDENT_LISTS - 1);
    await lookup(second);
    expect((await lists()).get(first)).toEqual({ spreadsheet: first, rows: 0, next_time: null });
    const watched = await world.db.query('select value from watched_references where project = $1', [project]);
    expect(watched.rows).toEqual([{ value }]);
    const full = [...(await lists()).values()].filter(({ rows, next_time }) => rows > 0 || next_time !== null);
    expect(full.length).toBe(MAX_DEPENDENT_LISTS);
    expect((await resolve(first, [value])).references.map(({ state }) => state)).toEqual([ReferenceState.PRESENT]);
    expect((await lookup(first)).completeness?.complete).toBe(true);
    expect((await lists()).get(first)?.rows).toBeGreaterThan(0);
  });

  test('are all read anew by a refresh, which says how many of them it waits for', async () => {
    const refresh = () => references().refreshReferences({ project, referenceType });
    expect(await refresh()).toMatchObject({ started: false, completeness: { complete: true, known: 0 } });
    let known = 0;
    for (const spreadsheet of spreadsheets) known += (await lookup(spreadsheet)).references.length;
    expect(await refresh()).toMatchObject({ started: true, completeness: { complete: false, known } });
    const whole = async () => {
      const { rows } = await world.db.query(
        `select count(*)::int as open from reference_lists
          where project = $1 and reference_type = $2 and (begin_time is not null or next_time <= now())`,
        [project, referenceType],
      );
      return rows[0].open;
    };
    await expect.poll(whole, { timeout: 10_000 }).toBe(0);
  });

  test('are not made for values that nobody knows', async () => {
    const [first = ''] = spreadsheets;
    const answer = await resolve(first, ['999999999']);
    expect(answer.unresolved).toEqual(['999999999']);
    expect((await lists()).size).toBe(0);
  });
});
