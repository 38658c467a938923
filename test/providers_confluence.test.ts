import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkFetch, openCall } from '../src/outbound.ts';
import { confluence } from '../src/providers/confluence/index.ts';
import type { ProviderCall } from '../src/providers/provider.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

/** Confluence sends no webhooks: its lists are read by the time of the last change. */

const feed = confluence.feed!;
const target = { key: 'pages', label: 'pages', eventTypes: [] };
const minute = (n: number): string => new Date(Date.UTC(2026, 4, 4, 0, n)).toISOString();
const page = (id: number, made: number, number: number, changed: number) => ({
  id: String(id),
  title: `Page ${id}`,
  createdAt: minute(made),
  version: { number, createdAt: minute(changed) },
});

let vendor: VendorServer;
let call: ProviderCall;
beforeAll(async () => {
  vendor = await startVendor();
  call = openCall({
    fetch: networkFetch,
    now: () => new Date(minute(0)),
    provider: confluence,
    endpoints: { api: `${vendor.origin}/api` },
    app: undefined,
    credential: { kind: 'BASIC', secrets: {} },
    config: { cloud_id: '11111111-0000-4000-8000-000000000001' },
    headers: {},
  });
});
afterAll(() => vendor.close());

/** The list as the vendor has it, the newest change first, in pages of that size. */
function has(pages: readonly ReturnType<typeof page>[], size = 100): void {
  const sorted = pages.toSorted((a, b) => (a.version.createdAt < b.version.createdAt ? 1 : -1));
  vendor.play(({ query }) => {
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Math.min(size, Number(query.get('limit')));
    const next = end < sorted.length ? { next: `/wiki/api/v2/pages?limit=${size}&cursor=${end}` } : {};
    return { body: { results: sorted.slice(start, end), _links: next } };
  });
}

async function told(cursor: string) {
  const { events, ...rest } = await feed.read(call, { target }, cursor);
  return { ...rest, events: events.map(({ eventType, deliveryKey }) => `${eventType} ${deliveryKey}`) };
}

test('what was there before tells nothing; what is new or changed is told once, the oldest first', async () => {
  has([page(1, 1, 1, 1), page(2, 2, 1, 2)]);
  const before = await feed.start(call, { target });
  expect((await told(before)).events).toEqual([]);
  has([page(1, 1, 3, 5), page(2, 2, 1, 2), page(3, 4, 2, 4), page(4, 6, 1, 6)], 2);
  const news = await told(before);
  expect(news.events).toEqual([
    'confluence.page.created page/3/2',
    'confluence.page.updated page/1/3',
    'confluence.page.created page/4/1',
  ]);
  expect((await told(news.cursor)).events).toEqual([]);
});

test('of one moment all are told, and more than 200 in several readings', async () => {
  const before = JSON.stringify({ at: minute(0), id: '' });
  has(Array.from({ length: 230 }, (_, i) => page(1_000 + i, 1, 1, 1)));
  const first = await told(before);
  expect([first.events.length, first.hasMore]).toEqual([200, true]);
  const second = await told(first.cursor);
  expect([second.events.length, second.hasMore]).toEqual([30, false]);
  expect(new Set([...first.events, ...second.events]).size).toBe(230);
});

test('nothing is known of an empty site but the time', async () => {
  has([]);
  expect(JSON.parse(await feed.start(call, { target }))).toEqual({ at: minute(0), id: '' });
});
