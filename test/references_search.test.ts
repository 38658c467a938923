import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fold, isSign, nameOf } from '../src/references/names.ts';
import { search } from '../src/references/search.ts';
import type { Shelf } from '../src/references/search_keys.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { cloneDatabase, type Database } from './database.ts';

/** However the search goes about it, a list is found in the same order: here beside a search that looks at every name. */

const WORDS = [
  'team',
  'release',
  'engineering',
  'payment',
  'a',
  'café',
  'web',
  'metrics',
  'zoom',
  '日本語',
  '50%',
  'x_y',
];
const labels = Array.from({ length: 13_200 }, (_, i) => {
  const [a, b] = [WORDS[i % WORDS.length], WORDS[(i * 5 + Math.floor(i / 12)) % WORDS.length]];
  // More than are sorted as they come: see FEW.
  return `#${a}-${b}-${i}${i % 10 === 0 ? '-channel' : ''}`;
});
/** What is found by its value is not found by its name again. */
const NAMED = ['alpha-9', 'omega-7'];
const items = [...labels, '#alpha-9', '#the-omega-7-room'].map((label, i) => ({
  value: NAMED[i - labels.length] ?? `C${String(i).padStart(5, '0')}`,
  label,
  name: nameOf(label),
  // The last by name, beyond where the search looks at rows in order: see WALK_ROWS.
  extra: label.startsWith('#zoom') ? 'about zebras' : i % 50 === 0 ? 'where releases are talked about' : '',
  state: i % 97 === 0 ? 'ARCHIVED' : 'PRESENT',
}));
const SMALL = items.length;
const LARGE = 1_000_000;

let database: Database;
let store: Store;

beforeAll(async () => {
  database = await cloneDatabase();
  store = await openStore(database.url, 2);
  const em = store.em.fork();
  await em.execute(
    `insert into reference_lists (project, id, integration_id, reference_type, depends_on, account_id,
       integration_generation, generation, is_listing, known, failures, use_time)
     values ('p', 'l', null, 't', '{}', '', 0, 1, false, 0, 0, now())`,
  );
  await em.execute(
    `insert into indexed_references (project, list, value, label, metadata, state, name, extra, generation, seen_time)
     select 'p', 'l', value, label, '{}', state, name, extra, 1, now()
       from jsonb_to_recordset(?::jsonb) as r (value text, label text, name text, extra text, state text)`,
    [JSON.stringify(items)],
  );
  await em.execute('analyze indexed_references');
});
afterAll(async () => {
  await store.close(true);
  await database.drop();
});

/** `size` is what the list is said to have: the plan goes by it. */
const shelf = (size: number): Shelf => ({
  table: 'indexed_references',
  list: 'project = ? and list = ?',
  params: ['p', 'l'],
  offered: `state = 'PRESENT'`,
  there: `state <> 'NOT_FOUND'`,
  state: 'state',
  seen: 'seen_time',
  size,
});

async function walk(q: string, size: number, pageSize: number): Promise<string[]> {
  const values: string[] = [];
  let token = '';
  do {
    expect(values.length).toBeLessThanOrEqual(items.length);
    const wanted = { q, values: q === '' ? [] : [q], size: pageSize, token, filter: ['f', q] };
    const page = await search(store.em.fork(), shelf(size), wanted);
    expect(page.items.length).toBeLessThanOrEqual(pageSize);
    values.push(...page.items.map(({ value }) => value));
    token = page.nextPageToken;
  } while (token !== '');
  return values;
}

/** By tier, then name, then value. Among many, text of one or two letters is looked for at the start of words only. */
function wanted(q: string, isLarge: boolean): string[] {
  const [text, name] = [fold(q.trim()), nameOf(q)];
  const isShort = isLarge && [...name].length < 3;
  const tierOf = (item: (typeof items)[number]): number | undefined => {
    if (item.value === q) return 0;
    if (item.state !== 'PRESENT') return undefined;
    if (text === '' || isSign(text) || (name !== '' && item.name.startsWith(name))) return 1;
    if (name !== '' && item.name.includes(` ${name}`)) return 2;
    if (name !== '' && !isShort && item.name.includes(name)) return 3;
    const isTold =
      (!isLarge || [...text].length >= 3) && item.extra.includes(text) && !item.name.includes(name || '\0');
    return isTold ? 4 : undefined;
  };
  const found = items.flatMap(item => {
    const tier = tierOf(item);
    return tier === undefined ? [] : [{ ...item, tier }];
  });
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  found.sort((a, b) => a.tier - b.tier || compare(a.name, b.name) || compare(a.value, b.value));
  return found.map(({ value }) => value);
}

const TEXTS = [
  ...[
    '',
    'a',
    'z',
    'e',
    't',
    '日',
    'ng',
    'te',
    '本語',
    'team',
    'web',
    'eng',
    'CAFÉ',
    'ment',
    'gineer',
    'trics',
    'elease',
  ],
  ...[
    'team 1',
    'web-payment',
    '12',
    '123',
    'zoom zoom',
    '#release-team-1',
    '50%',
    'x_y',
    '%',
    '_',
    'releases are',
    'channel',
    'hanne',
    'zebra',
  ],
  ...['C00012', 'C00097', 'C00012 ', ...NAMED],
];

describe.each([
  ['of a few', SMALL],
  ['among many', LARGE],
])('a search %s', (_, size) => {
  test.each(TEXTS)('for %j finds what looking at every name finds, in its order, page by page', async q => {
    const all = wanted(q, size === LARGE);
    for (const pageSize of all.length > 500 ? [200] : [200, 37]) expect(await walk(q, size, pageSize)).toEqual(all);
  });

  test.each([
    ['enginering', 'engineering'],
    ['paymetn', 'payment'],
    ['releasse', 'release'],
  ])('guesses what %s means', async (typed, meant) => {
    const found = await walk(typed, size, 50);
    expect(found.length).toBeGreaterThan(0);
    for (const value of found) expect(items.find(item => item.value === value)?.name).toContain(meant);
    expect(items.find(item => item.value === found[0])?.name.startsWith(meant)).toBe(true);
  });

  test('guesses nothing for what is like nothing', async () => {
    expect(await walk('kubernetes', size, 50)).toEqual([]);
  });
});
