import { expect, test } from 'vitest';
import type { ProviderCall } from '../src/providers/provider.ts';
import { feed } from '../src/providers/salesforce/feed.ts';
import { containing, quoted } from '../src/providers/salesforce/soql.ts';

/** The feed reads by when records last changed; the vendor here is a list of them. */

const NOW = new Date('2026-05-04T03:02:01.000Z');
const stamp = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000).toISOString().replace('Z', '+0000');
const record = (n: number, changed: number, made: number, more: object = {}) => ({
  attributes: { type: 'Account' },
  Id: `001${String(n).padStart(12, '0')}AAA`,
  SystemModstamp: stamp(changed),
  CreatedDate: stamp(made),
  IsDeleted: false,
  ...more,
});
type Row = ReturnType<typeof record>;

/** Answers as queryAll does to the feed's own form of query. */
function vendor(rows: readonly Row[]) {
  const asked: string[] = [];
  const fetch = async (_url: string, request?: { query?: Readonly<Record<string, unknown>> }) => {
    const q = String(request?.query?.q);
    asked.push(q);
    const [, after = ''] = /SystemModstamp > (\S+?)[ )]/.exec(q) ?? [];
    const [, id = ''] = /Id > '(\w+)'/.exec(q) ?? [];
    const [, until = ''] = /SystemModstamp <= (\S+)/.exec(q) ?? [];
    const time = (row: Row) => Date.parse(row.SystemModstamp.replace('+0000', 'Z'));
    const records = rows
      .filter(row => time(row) > Date.parse(after) || (id !== '' && time(row) === Date.parse(after) && row.Id > id))
      .filter(row => time(row) <= Date.parse(until))
      .toSorted((a, b) => time(a) - time(b) || (a.Id < b.Id ? -1 : 1))
      .slice(0, 200);
    return { status: 200, headers: new Headers(), body: { records } };
  };
  const call = {
    fetch,
    endpoints: { api: 'https://acme.my.salesforce.com' },
    now: () => NOW,
  } as unknown as ProviderCall;
  return { call, asked };
}

const place = { target: { key: 'Account', label: 'Account', eventTypes: [] } };
const cursor = (seconds: number) => {
  const since = new Date(NOW.getTime() - seconds * 1_000).toISOString();
  return JSON.stringify({ stamp: since, id: '', since });
};

test('records that were made, changed or deleted since then are told once each', async () => {
  const rows = [
    record(1, 300, 300),
    record(2, 200, 900),
    record(3, 100, 900, { IsDeleted: true }),
    record(4, 700, 900),
  ];
  const { call } = vendor(rows);
  const page = await feed.read(call, place, cursor(600));
  expect(page.events.map(({ eventType }) => eventType)).toEqual([
    'salesforce.account.create',
    'salesforce.account.update',
    'salesforce.account.delete',
  ]);
  expect(page.events[0]?.payload).not.toHaveProperty('attributes');
  expect((await feed.read(call, place, page.cursor)).events).toEqual([]);
});

test('a second that fills several pages is read to its end, and what was made then stays new', async () => {
  const { call } = vendor(Array.from({ length: 450 }, (_, i) => record(i + 1, 60, 60)));
  const told: string[] = [];
  let at = cursor(600);
  for (let hasMore = true; hasMore; ) {
    const page = await feed.read(call, place, at);
    told.push(...page.events.map(({ objectKey, eventType }) => `${objectKey} ${eventType}`));
    hasMore = page.hasMore;
    at = page.cursor;
  }
  expect(new Set(told).size).toBe(450);
  expect(told.every(each => each.endsWith('account.create'))).toBe(true);
});

test('what was written in the last moments is left for the next reading', async () => {
  const { call } = vendor([record(1, 5, 5)]);
  expect((await feed.read(call, place, cursor(600))).events).toEqual([]);
});

test('words of people stay inside their quotes', () => {
  expect(quoted("O'Hara \\")).toBe("'O\\'Hara \\\\'");
  expect(containing("50%' OR Name != '")).toBe("'%50\\%\\' OR Name != \\'%'");
});
