import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { IntegrationError } from '../src/errors.ts';
import { openKeySets } from '../src/events/key_sets.ts';
import { networkFetch } from '../src/outbound.ts';
import { createLogger } from '../src/rpc/log.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

let vendor: VendorServer;
let url: string;
let sets: ReturnType<typeof openKeySets>;

beforeAll(async () => {
  vendor = await startVendor();
});
afterAll(() => vendor.close());
beforeEach(() => {
  url = `${vendor.origin}/certs`;
  sets = openKeySets({ fetch: networkFetch, log: createLogger({ level: 'silent' }) });
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});

const publish = (...kids: string[]) =>
  vendor.play(() => ({ body: { keys: kids.map(kid => ({ kty: 'RSA', kid, n: 'AQAB', e: 'AQAB' })) } }));
const kids = async () => (await sets.keysOf('gmail', url)).map(key => (key as { kid: string }).kid);
const failureOf = () => kids().then(String, (error: IntegrationError) => error.reason);

test('a key set is read once and kept for an hour', async () => {
  publish('a');
  expect([await kids(), await kids()]).toEqual([['a'], ['a']]);
  expect(vendor.requests).toHaveLength(1);
  publish('b');
  vi.setSystemTime(Date.now() + 3_601_000);
  expect(await kids()).toEqual(['b']);
});

test('a key of today is looked for at once, and then not within a minute', async () => {
  publish('a');
  await kids();
  publish('a', 'b');
  expect(await sets.renew(url)).toBe(false);
  vi.setSystemTime(Date.now() + 61_000);
  expect(await sets.renew(url)).toBe(true);
  expect(await kids()).toEqual(['a', 'b']);
  expect(await sets.renew(url)).toBe(false);
  expect(vendor.requests).toHaveLength(1);
});

test('a set that cannot be read is asked for again later: the one before still counts, and without one none is taken', async () => {
  vendor.play(() => ({ status: 500 }));
  expect(await failureOf()).toBe('PROVIDER_UNAVAILABLE');
  expect(await failureOf()).toBe('PROVIDER_UNAVAILABLE');
  expect(vendor.requests).toHaveLength(1);
  sets = openKeySets({ fetch: networkFetch, log: createLogger({ level: 'silent' }) });
  publish('a');
  await kids();
  vendor.play(() => ({ status: 500 }));
  vi.setSystemTime(Date.now() + 3_601_000);
  expect(await kids()).toEqual(['a']);
});
