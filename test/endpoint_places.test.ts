import { describe, expect, test } from 'vitest';
import { allowedHosts, destinationOf } from '../src/credentials/hosts.ts';
import type { Deps } from '../src/deps.ts';
import { IntegrationError } from '../src/errors.ts';
import { assertSettings } from '../src/integrations/form.ts';
import { loadPlatform } from '../src/platform.ts';
import type { Provider } from '../src/providers/provider.ts';

/** Endpoints with a place for a setting of the integration, such as a shop. */

const shop: Provider = {
  id: 'shop',
  displayName: 'Shop',
  description: 'A vendor with a host for each customer.',
  category: 'Sales & CRM',
  docsUrl: 'https://docs.example',
  logo: 'monogram',
  endpoints: { accounts: 'https://accounts.vendor.example', api: 'https://{shop}.vendor.example/admin' },
  credentialEndpoints: ['api'],
  connect: [],
  eventTypes: [],
  actions: [],
  references: [],
};
const platform = loadPlatform(undefined, [shop]);
const deps = { platform } as Deps;
const reasonOf = (work: () => unknown): string => {
  try {
    work();
    return 'OK';
  } catch (error) {
    if (error instanceof IntegrationError) return error.reason;
    throw error;
  }
};

describe('an endpoint with a place for a setting', () => {
  test('is filled from the integration’s config', () => {
    expect(platform.endpointsOf(shop, { shop: 'acme-1' })).toEqual({
      accounts: 'https://accounts.vendor.example',
      api: 'https://acme-1.vendor.example/admin',
    });
    expect(allowedHosts(deps, shop, { shop: 'acme-1' })).toEqual(['acme-1.vendor.example']);
  });

  test.each([undefined, '', 7, 'evil.example/', 'a@b', 'a:1', 'a..b', '-a', 'a.', 'a b', 'a\\b', 'ä', 'a'.repeat(201)])(
    'is left out for %j, and nothing else is called in its place',
    value => {
      expect(Object.keys(platform.endpointsOf(shop, { shop: value }))).toEqual(['accounts']);
      expect(allowedHosts(deps, shop, { shop: value })).toEqual([]);
      expect(reasonOf(() => destinationOf(deps, shop, { shop: value }, '/orders'))).toBe('HOST_NOT_ALLOWED');
    },
  );

  test('is the vendor’s, not the operator’s: no plain http and no private address', () => {
    const { url, isOperators } = destinationOf(deps, shop, { shop: 'acme' }, '/orders');
    expect([url.href, isOperators]).toEqual(['https://acme.vendor.example/admin/orders', false]);
    expect(reasonOf(() => destinationOf(deps, shop, { shop: 'acme' }, 'http://acme.vendor.example/admin'))).toBe(
      'HOST_NOT_ALLOWED',
    );
  });
});

test('a host that the operator wrote may be within the house; one that a customer fills in may not', () => {
  const endpoints = { api: 'https://crm.corp.example', eu: 'https://{shop}.vendor.example' };
  const own: Provider = { ...shop, hasOwnHosts: true, endpoints, credentialEndpoints: ['api', 'eu'] };
  const operatorsOf = (provider: Provider, url: string): boolean =>
    destinationOf(deps, provider, { shop: 'acme' }, url).isOperators;
  expect(operatorsOf(own, '/orders')).toBe(true);
  expect(operatorsOf(own, 'https://acme.vendor.example/orders')).toBe(false);
  const { hasOwnHosts: _, ...vendors } = own;
  expect(operatorsOf(vendors, '/orders')).toBe(false);
});

test('settings are checked before a browser is sent anywhere', () => {
  const properties = { shop: { type: 'string', maxLength: 60, pattern: '^[a-z0-9-]+$' } };
  const settings = { type: 'object', additionalProperties: false, required: ['shop'], properties };
  expect(() => assertSettings(settings, { shop: 'acme' })).not.toThrow();
  for (const config of [{}, { shop: 'a.b' }, { shop: 'acme', more: 'x' }]) {
    expect(reasonOf(() => assertSettings(settings, config))).toBe('FIELD_INVALID');
  }
});
