import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkFetch } from '../src/outbound.ts';
import { fetchFor, publicFetch } from '../src/outbound_customer.ts';
import type { ProviderError } from '../src/providers/kit/error.ts';
import type { Provider } from '../src/providers/provider.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

/** Calls to hosts that a customer names. */

let vendor: VendorServer;
beforeAll(async () => {
  vendor = await startVendor();
  vendor.play(() => ({ body: { inside: true } }));
});
afterAll(() => vendor.close());

const at = (address: string) => async () => [{ address, family: 4 }];
const outcomeOf = (work: Promise<Response>) =>
  work.then(
    () => 'answered',
    (error: ProviderError) => error.failure?.kind ?? String(error),
  );
const given = (endpoints: Provider['endpoints'], overridden: readonly string[] = []) =>
  fetchFor(
    {
      fetch: networkFetch,
      lookup: at('127.0.0.1'),
      platform: { isOverridden: (_, name) => overridden.includes(name) },
    },
    { endpoints } as Provider,
  );

test('a host that leads inside, by name or by number, is not called', async () => {
  const before = vendor.requests.length;
  const { port } = new URL(vendor.origin);
  expect(await outcomeOf(publicFetch(at('127.0.0.1'))(`http://mcp.example.com:${port}/`))).toBe('rejected');
  expect(await outcomeOf(publicFetch(at('8.8.8.8'))(`http://127.0.0.1:${port}/`))).toBe('rejected');
  expect(await outcomeOf(publicFetch(at('8.8.8.8'))('http://169.254.169.254/latest'))).toBe('rejected');
  expect(vendor.requests).toHaveLength(before);
});

test('a provider whose whole host is the customer’s is reached that way, and another is not', async () => {
  const { origin } = vendor;
  expect(await outcomeOf(given({ api: 'https://{host}' })(origin))).toBe('rejected');
  expect(await outcomeOf(given({ api: 'https://{host}/v1' })(origin))).toBe('rejected');
  expect(await outcomeOf(given({ api: 'https://{shop}.vendor.example' })(origin))).toBe('answered');
});

test('an address that the operator put in its place may be inside', async () => {
  expect(await outcomeOf(given({ api: 'https://{host}' }, ['api'])(vendor.origin))).toBe('answered');
});
