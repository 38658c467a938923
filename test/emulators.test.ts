import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { providers } from '../src/providers/index.ts';
import type { JsonSchema } from '../src/providers/provider.ts';
import { loadBrought, loadEmulators } from '../src/sandbox/emulated/load.ts';
import { emulatedSecrets } from '../src/sandbox/emulated/secrets.ts';
import { examplesDir } from './cased-providers.ts';

/** What the emulators must hold so that the suites and the sandbox can play them; what they answer is in providers.test.ts. */

const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
const emulated = [...(await loadEmulators()), ...(await loadBrought(examplesDir))];

describe.each(emulated)('$provider.id', ({ provider, emulator }) => {
  const secrets = emulatedSecrets(provider, emulator);
  const redirect = provider.connect.find(({ mode }) => mode === 'OAUTH_REDIRECT');

  test('has what the operator registers and people type, as the forms want it', () => {
    const errorsOf = (schema: JsonSchema, value: unknown) => (ajv.validate(schema, value) ? [] : ajv.errors);
    if (provider.app !== undefined) {
      const known = Object.keys((provider.app.schema.properties ?? {}) as object);
      const app = Object.entries(secrets.app).filter(([name]) => known.includes(name));
      expect(errorsOf(provider.app.schema, Object.fromEntries(app))).toEqual([]);
    }
    for (const method of provider.connect) {
      const schema = 'schema' in method ? method.schema : 'settings' in method ? method.settings : undefined;
      if (schema === undefined) continue;
      expect(secrets.forms[method.authKind], method.authKind).toBeDefined();
      expect(errorsOf(schema, secrets.forms[method.authKind])).toEqual([]);
    }
  });

  test('has an authorization server that is as the manifest says', () => {
    expect(emulator.oauth === undefined).toBe(redirect === undefined);
    if (redirect?.mode !== 'OAUTH_REDIRECT' || emulator.oauth === undefined) return;
    const { oauth } = emulator;
    expect(emulator.accounts.length, 'two accounts, so that the wrong one can consent').toBeGreaterThan(1);
    expect([oauth.refresh, oauth.reuseGraceMs]).toEqual([redirect.refresh, redirect.reuseGraceMs]);
    expect(oauth.register !== undefined, 'clients register themselves').toBe('discovery' in redirect);
    if ('discovery' in redirect) return;
    expect(oauth.client).toBe(redirect.client);
    if (oauth.pkce === 'REQUIRED') expect(redirect.pkce).toBe(true);
  });

  test('has a sample of every event type that works, and a request to try', () => {
    const shown = new Set(provider.samples?.map(({ eventType }) => eventType));
    const missing = provider.eventTypes.filter(
      ({ name, runtimeState }) => runtimeState !== 'PLANNED' && !shown.has(name),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(emulator.deliveries === undefined).toBe(provider.webhook === undefined);
    expect(emulator.request === undefined).toBe(provider.credentialEndpoints.length === 0);
  });

  test('shows every picker that works, and finds where the vendor finds', () => {
    const working = provider.references.filter(type => type.source === 'PROVIDER' && type.runtimeState === 'ACTIVE');
    expect(Object.keys(emulator.references ?? {}).toSorted()).toEqual(working.map(({ name }) => name).toSorted());
    for (const type of working) {
      const { values = [], found } = emulator.references?.[type.name] ?? {};
      expect(values.length, type.name).toBeGreaterThan(1);
      expect(new Set(values).size, type.name).toBe(values.length);
      expect(found !== undefined, type.name).toBe(type.source === 'PROVIDER' && type.search === 'PROVIDER');
    }
  });
});

test('every emulator is of a listed provider, or beside a manifest', () => {
  const listed = new Set([...providers.map(({ id }) => id), 'fernhill']);
  expect(emulated.filter(({ provider }) => !listed.has(provider.id))).toEqual([]);
});
