import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFlights } from '../src/flights.ts';
import { changesOf } from '../src/providers/google_sheets/row_changes.ts';
import { workDue } from '../src/subscriptions/worker.ts';
import { cutAfter, HOUR_MS, openWorld, type Stage } from './subscription_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openWorld();
});
afterAll(() => stage.world.stop());
beforeEach(() => stage.begin());

const log = () => stage.world.seeds.google_sheets.spreadsheets[0]!;
const append = (...rows: string[][]) => stage.world.sandbox.sheets.append(log(), 'Deploys', rows);
const rows = () => stage.world.sandbox.sheets.of(log(), 'Deploys') ?? [];
const reads = () => stage.count('google_sheets', 'GET', /\/values\//);

/** Connected, and all that there was before is known. */
async function connected(): Promise<string> {
  const id = await stage.connectByRedirect('google_sheets');
  await stage.work();
  return id;
}

/** Two minutes pass, and the background does its work. */
async function pass(fetch?: Parameters<Stage['work']>[0]): Promise<void> {
  stage.advance(2 * 60_000);
  await stage.work(fetch);
}

async function payloads() {
  const { rows: found } = await stage.world.db.query(
    `select event_type, source, payload from integration_events where project = $1 order by receive_time, id`,
    [stage.project],
  );
  return found;
}

describe('rows of a spreadsheet', () => {
  test('that were there before tell nothing; one that is added or changed is told once, by POLL', async () => {
    await connected();
    await pass();
    expect(await stage.receipts()).toEqual([]);
    append(['2026-02-01', 'api', '1.5.0']);
    await pass();
    await pass();
    const changed = rows().map(row => (row[2] === '1.4.0' ? [row[0]!, row[1]!, '1.4.1'] : row));
    stage.world.sandbox.sheets.replace(log(), 'Deploys', changed);
    await pass();
    await pass();
    const [added, updated, ...more] = await payloads();
    expect(more).toEqual([]);
    expect(added).toMatchObject({ event_type: 'google_sheets.row.added', source: 'POLL' });
    expect(added.payload).toMatchObject({
      spreadsheet_id: log().id,
      sheet_id: 0,
      row_number: rows().length,
      values: { Time: '2026-02-01', Service: 'api', Version: '1.5.0' },
    });
    expect(updated).toMatchObject({
      event_type: 'google_sheets.row.updated',
      payload: { values: { Version: '1.4.1' } },
    });
    expect(await stage.published()).toBe(2);
  });

  test('are not read while the file does not change', async () => {
    await connected();
    const before = reads();
    for (let i = 0; i < 5; i++) await pass();
    expect(reads()).toBe(before);
    append(['x', 'y', 'z']);
    await pass();
    expect(reads()).toBeGreaterThan(before);
  });

  test('in their hundreds are told page by page, each once', async () => {
    await connected();
    append(...Array.from({ length: 450 }, (_, i) => [`t${i}`, 'bulk', String(i)]));
    await pass();
    await pass();
    const told = (await payloads()).map(({ payload }) => payload.values.Version);
    expect(told).toHaveLength(450);
    expect(new Set(told).size).toBe(450);
  });

  test('survive a crash between reading and commit: the cursor and the events are kept together or not at all', async () => {
    await connected();
    append(['2026-03-01', 'web', '9.0.0']);
    // The store breaks off the transaction: at the cursor, at the receipt, and when all of it is to be committed.
    const moved = 'when (new.cursor is distinct from old.cursor)';
    for (const point of [
      `create trigger break_off before update on feeds for each row ${moved}`,
      'create trigger break_off before insert on integration_events for each row',
      `create constraint trigger break_off after update on feeds deferrable initially deferred for each row ${moved}`,
    ]) {
      await stage.world.db.query(`
        create function break_off() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
        ${point} execute function break_off();`);
      const before = reads();
      stage.advance(10 * 60_000);
      await stage.work().catch(() => undefined);
      await stage.world.db.query('drop function break_off() cascade');
      expect(reads()).toBeGreaterThan(before);
      expect(await stage.receipts()).toEqual([]);
    }
    stage.advance(10 * 60_000);
    await stage.work();
    expect(await stage.receipts()).toEqual(['google_sheets.row.added POLL RECORDED']);
    await pass();
    expect(await stage.published()).toBe(1);
  });

  test('are read by one of several processes', async () => {
    await connected();
    append(['2026-04-01', 'api', '2.0.0']);
    stage.advance(2 * 60_000);
    const { deps } = stage.world.service;
    const other = { ...deps, flights: createFlights() };
    await Promise.all([workDue(deps), workDue(other)]);
    await Promise.all([workDue(deps), workDue(other)]);
    expect(await stage.receipts()).toEqual(['google_sheets.row.added POLL RECORDED']);
  });

  test('go on where they were after hours without the provider', async () => {
    await connected();
    append(['2026-05-01', 'api', '3.0.0']);
    await pass(cutAfter(0, url => url.includes('/drive/') || url.includes('/v4/')));
    expect(await stage.receipts()).toEqual([]);
    stage.advance(5 * HOUR_MS);
    append(['2026-05-02', 'api', '3.0.1']);
    await stage.work();
    await pass();
    expect(await stage.published()).toBe(2);
  });

  test('are nobody’s to tell while a person has the integration switched off', async () => {
    const id = await connected();
    await stage.update(id, { status: 2 });
    await stage.work();
    append(['2026-06-01', 'api', '4.0.0']);
    const before = stage.world.sandbox.count({ provider: 'google_sheets' });
    await pass();
    expect(stage.world.sandbox.count({ provider: 'google_sheets' })).toBe(before);
    await stage.update(id, { status: 1 });
    await stage.work();
    await pass();
    expect(await stage.receipts()).toEqual([]);
    append(['2026-06-02', 'api', '4.0.1']);
    await pass();
    expect(await stage.published()).toBe(1);
  });

  test('of a spreadsheet that can no longer be opened are shown as trouble, the others go on', async () => {
    const id = await connected();
    const other = stage.world.seeds.google_sheets.spreadsheets[1]!;
    stage.inject({
      provider: 'google_sheets',
      path: new RegExp(`/v4/spreadsheets/${other.id}`),
      status: 503,
      times: 99,
    });
    stage.world.sandbox.sheets.append(other, 'Sheet1', [['Ada', 'ada@x.example', 'new']]);
    append(['2026-07-01', 'api', '5.0.0']);
    for (let i = 0; i < 5; i++) {
      stage.advance(20 * 60_000);
      await stage.work();
    }
    expect(await stage.published()).toBe(1);
    expect((await stage.integration(id))?.health?.message).toContain('Leads');
  });
});

describe('comparing rows', () => {
  const cell = fc.constantFrom('a', 'b', 'c', 'd');
  const body = fc.array(fc.array(cell, { minLength: 1, maxLength: 2 }), { maxLength: 12 });
  const header = ['H'];

  test('tells nothing of what only moved, and each new or changed row once, however small the pages', () => {
    fc.assert(
      fc.property(body, body, fc.integer({ min: 1, max: 4 }), (before, after, room) => {
        let { known } = changesOf([header, ...before], undefined, 0);
        const told: number[] = [];
        for (let i = 0; i < 50; i++) {
          const page = changesOf([header, ...after], known, room);
          expect(page.changes.length).toBeLessThanOrEqual(room);
          told.push(...page.changes.map(({ rowNumber }) => rowNumber));
          known = page.known;
          if (!page.hasMore) break;
        }
        expect(new Set(told).size).toBe(told.length);
        // As many as are there now and were not before, whatever their order.
        const left = before.map(row => JSON.stringify(row));
        const fresh = after.filter(row => {
          const at = left.indexOf(JSON.stringify(row));
          if (at >= 0) left.splice(at, 1);
          return at < 0;
        });
        expect(told.length).toBe(fresh.length);
        expect(changesOf([header, ...after], known, 100).changes).toEqual([]);
      }),
    );
  });

  test('takes a changed cell for a change and a row in between for a new one', () => {
    const { known } = changesOf([['N'], ['a'], ['b'], ['c']], undefined, 0);
    const told = (rowsNow: string[][]) =>
      changesOf([['N'], ...rowsNow], known, 10).changes.map(({ kind, rowNumber }) => `${kind} ${rowNumber}`);
    expect(told([['a'], ['x'], ['c']])).toEqual(['UPDATED 3']);
    expect(told([['a'], ['x'], ['b'], ['c']])).toEqual(['ADDED 3']);
    expect(told([['c'], ['b'], ['a']])).toEqual([]);
    expect(told([['b'], ['c']])).toEqual([]);
    expect(told([['a'], [''], ['b'], ['c'], ['d']])).toEqual(['ADDED 6']);
  });
});
