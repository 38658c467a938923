import { inspect } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, openSchemaFaults } from '../src/faults/check.ts';
import type { Delivery } from '../src/providers/delivery.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { OAuthRedirect, Provider, ReferenceItem } from '../src/providers/provider.ts';
import { Secret } from '../src/secret.ts';
import { casedProviders } from './cased-providers.ts';
import { documentedTests, expectFilled } from './documented.ts';
import type { CaseCredential, DeliveryCase, ProviderCases, ReferenceCase, SignedRequest } from './provider-cases.ts';
import * as manifest from './provider-manifest.ts';
import { CASE_TIME, callFor as callAt } from './vendor-call.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

const AT = CASE_TIME;
const DAY_MS = 86_400_000;

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allowUnionTypes: true,
  allErrors: true,
});
formats.default(ajv);

let vendor: VendorServer;
beforeAll(async () => {
  vendor = await startVendor();
});
afterAll(() => vendor.close());

const cased = await casedProviders();
const schemaFaultsOf = openSchemaFaults();

describe.each(cased)('$provider.id', ({ provider, cases }) => {
  test('is whole by itself and beside the others: names, endpoints, ways to connect, pickers', () => {
    const others = cased.map(each => each.provider).filter(each => each !== provider);
    expect(faultsOf([...others, provider]).filter(fault => fault.provider === provider.id)).toEqual([]);
  });

  test('has schemas that compile, closed and bounded where people type, and samples that fit them', () => {
    expect(schemaFaultsOf(provider)).toEqual([]);
  });

  test('has words for people and https addresses', () => {
    expect(provider.displayName.length).toBeGreaterThan(0);
    expect(provider.description.length).toBeGreaterThan(10);
    if (typeof provider.logo === 'string') expect(provider.logo).toMatch(/^[a-z0-9]+$/);
    expect(provider.docsUrl).toMatch(/^https:\/\//);
    for (const url of Object.values(provider.endpoints)) expect(url).toMatch(/^https:\/\//);
    for (const { name, description } of [...provider.eventTypes, ...provider.actions, ...provider.references]) {
      expect(description.length, name).toBeGreaterThan(5);
      expect(description.length, name).toBeLessThan(300);
    }
    expect(manifest.effectsAtOdds(provider)).toEqual([]);
    for (const method of provider.connect) {
      if (method.mode !== 'OAUTH_REDIRECT' || 'discovery' in method) continue;
      expect(method.authorizeUrl(provider.endpoints)).toMatch(/^https:\/\//);
      expect(method.tokenUrl(provider.endpoints)).toMatch(/^https:\/\//);
    }
  });

  test('asks only for scopes that the vendor has', () => {
    const asked = manifest.askableScopes(provider);
    const all = [...manifest.neededScopes(provider), ...(asked ?? [])];
    expect(all.filter(scope => !cases.knownScopes?.includes(scope))).toEqual([]);
  });

  describe('token answers', () => {
    const readers = provider.connect.filter((method): method is OAuthRedirect => 'readToken' in method);
    test('are shown for each reader', () => {
      if (readers.length > 0) expect(cases.tokens?.length ?? cases.exceptions?.tokens).toBeTruthy();
    });
    test.each(cases.tokens ?? [])('read: $name', ({ answer, reads }) => {
      for (const { readToken } of readers) {
        const read = readToken!(answer);
        expect(read).toMatchObject(reads);
        expect('error' in read).toBe('error' in reads);
        if (!('error' in read)) expect(String(read.token_type).toLowerCase()).toBe('bearer');
      }
    });
  });

  test.each(cases.failures ?? [])('tells a failure: $name', ({ status, headers, body, failure }) => {
    expect(provider.failureOf?.({ status, headers: new Headers(headers), body })).toEqual(failure);
  });

  describe('deliveries', () => {
    test('are shown for each endpoint', () => {
      const shown = new Set(cases.deliveries?.map(({ suffix }) => suffix));
      const missing = (provider.webhook?.endpoints ?? []).filter(({ suffix }) => !shown.has(suffix));
      if (cases.exceptions?.deliveries === undefined) expect(missing).toEqual([]);
    });
    for (const each of cases.deliveries ?? []) describe(each.name, () => deliveryTests(provider, cases, each));
    test.each(cases.published ?? [])('verify as the vendor published: $name', each => {
      expectFilled(provider, { published: each });
      const { suffix, secret, at, ...request } = each;
      const verification = provider.webhook?.verify(delivered(request, suffix), [new Secret(secret)], at);
      expect(verification?.ok).toBe(true);
    });
  });

  describe('identity', () => {
    test('is shown for each way to connect', () => {
      const shown = cases.identities?.map(({ authKind }) => authKind) ?? [];
      const missing = provider.connect.filter(({ authKind }) => !shown.includes(authKind));
      if (cases.exceptions?.identities === undefined) expect(missing).toEqual([]);
    });
    test.each(cases.identities ?? [])('says who it is and keeps the secret: $name', async each => {
      vendor.play(each.answer ?? (() => ({ status: 500 })));
      const call = await callFor(provider, each);
      const identity = await manifest.methodOf(provider, each.mode, each.authKind).identify(call);
      expect(identity.account).toMatchObject(each.account);
      if (each.grantedScopes !== undefined) expect(identity.grantedScopes).toEqual(each.grantedScopes);
      if (each.sends !== undefined) expect(vendor.requests.at(-1)?.headers).toMatchObject(each.sends);
      keepsSecrets(identity, each.secrets);
    });
    test.each((cases.identities ?? []).filter(each => each.answer !== undefined))(
      'is refused with the credential: $name',
      async each => {
        vendor.play(each.answer!);
        const call = await callFor(provider, each);
        vendor.play(() => ({ status: 401, body: { error: `no ${Object.values(each.secrets).join(' ')}` } }));
        const failure = await failureFrom(manifest.methodOf(provider, each.mode, each.authKind).identify(call));
        expect(failure.failure).toEqual({ kind: 'refused' });
        keepsSecrets(failure, each.secrets);
      },
    );
    test.each((cases.identities ?? []).filter(each => each.unknown !== undefined))(
      'is refused in the vendor’s words with one it does not know: $name',
      async each => {
        vendor.play(each.answer!);
        const call = await callFor(provider, { ...each, secrets: each.unknown! });
        const failure = await failureFrom(manifest.methodOf(provider, each.mode, each.authKind).identify(call));
        expect(failure.failure.kind).toBe('refused');
        keepsSecrets(failure, each.unknown!);
      },
    );
  });

  documentedTests({ provider, cases, play: answer => vendor.play(answer), callFor });

  describe('references', () => {
    test('are shown for each type that works', () => {
      const shown = cases.references?.map(({ type }) => type) ?? [];
      const working = provider.references.filter(type => type.source === 'PROVIDER' && type.runtimeState === 'ACTIVE');
      const missing = working.filter(({ name }) => !shown.includes(name)).map(({ name }) => name);
      if (cases.exceptions?.references === undefined) expect(missing).toEqual([]);
    });
    for (const each of cases.references ?? []) describe(each.type, () => referenceTests(provider, each));
  });
});

function deliveryTests(provider: Provider, cases: ProviderCases, each: DeliveryCase): void {
  const { webhook } = provider;
  const { signing, exceptions } = cases;
  if (webhook === undefined || signing === undefined) throw new Error(`${provider.id}: no webhook or no signing case`);
  const secret = new Secret(signing.verifying ?? signing.secret);
  const strange = new Secret(signing.otherSecret);
  const sent = delivered(each.request(signing.secret, AT), each.suffix);
  const causeOf = (delivery: Delivery, secrets: readonly Secret[], now: Date) => {
    const verification = webhook.verify(delivery, secrets, now);
    return verification.ok ? 'OK' : verification.cause;
  };

  test('parse, and keep the secret', () => {
    const verification = webhook.verify(sent, [secret], AT);
    if (!verification.ok) throw new Error(verification.cause);
    const answer = webhook.handshake?.(verification.verified);
    if (each.handshake !== undefined) expect(answer).toMatchObject(each.handshake);
    else expect(answer).toBeUndefined();
    const events = each.handshake === undefined ? webhook.parse(verification.verified) : [];
    expect(events).toMatchObject(each.events ?? []);
    expect(events).toHaveLength(each.events?.length ?? 0);
    for (const event of events) {
      expect(event.eventType).toMatch(new RegExp(`^${provider.id}(\\.[a-z0-9_]+)+$`));
      if (each.belongsTo !== undefined) expect(each.belongsTo).toContain(event.accountId);
      const listed = provider.eventTypes.find(({ name }) => name === event.eventType);
      if (listed === undefined) continue;
      expect(event.schemaVersion).toBe(listed.schemaVersion);
      const validate = ajv.compile(listed.payloadSchema);
      expect(validate(event.payload) || validate.errors).toBe(true);
    }
    for (const text of [signing.secret, ...(each.hidden ?? [])]) expect(JSON.stringify(events)).not.toContain(text);
  });

  if (each.readOnly === true) return;

  test('are taken while the secret is replaced by another', () => {
    expect(causeOf(sent, [strange, secret], AT)).toBe('OK');
    expect(causeOf(sent, [secret, strange], AT)).toBe('OK');
  });

  test('are refused without secret, without signature, and with another secret', () => {
    expect(causeOf(sent, [], AT)).toBe('SECRET_MISSING');
    const bare = signing.signatureHeader === '' ? { ...sent, body: Buffer.from('{}') } : undefined;
    expect(causeOf(bare ?? without(sent, signing.signatureHeader), [secret], AT)).toBe('SIGNATURE_MISSING');
    expect(causeOf(sent, [strange], AT)).toBe('SIGNATURE_WRONG');
    const forged = delivered(each.request(signing.otherSecret, AT), each.suffix);
    expect(causeOf(forged, [secret], AT)).toBe('SIGNATURE_WRONG');
  });

  test.skipIf(exceptions?.signature !== undefined)('are refused when any one byte changes', () => {
    for (let i = 0; i < sent.body.length; i++) {
      const body = Uint8Array.from(sent.body);
      body[i]! ^= 1;
      expect(causeOf({ ...sent, body }, [secret], AT), `byte ${i}`).toBe('SIGNATURE_WRONG');
    }
    expect(causeOf({ ...sent, body: sent.body.subarray(1) }, [secret], AT)).toBe('SIGNATURE_WRONG');
  });

  test.skipIf(exceptions?.timestamp !== undefined)('are refused when they are old or from the future', () => {
    expect(causeOf(sent, [secret], new Date(AT.getTime() + DAY_MS))).toBe('TIMESTAMP_STALE');
    expect(causeOf(sent, [secret], new Date(AT.getTime() - DAY_MS))).toBe('TIMESTAMP_FUTURE');
  });
}

function referenceTests(provider: Provider, each: ReferenceCase): void {
  const type = provider.references.find(({ name }) => name === each.type);
  if (type === undefined || type.source !== 'PROVIDER') throw new Error(`${each.type} is not looked up`);
  const dependsOn = each.dependsOn ?? {};

  test('lists to the end, and goes on after a 429', async () => {
    vendor.play(each.answer);
    const call = await callFor(provider, each);
    const items: ReferenceItem[] = [];
    let cursor: string | undefined;
    do {
      const query = {
        q: each.q ?? '',
        dependsOn,
        pageSize: each.pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      };
      vendor.play(() => ({ status: 429, headers: { 'retry-after': '1' } }));
      const failure = await failureFrom(type.list(call, query));
      expect(failure.failure).toEqual({ kind: 'throttled', retryAfterMs: 1000 });
      keepsSecrets(failure, each.secrets);
      vendor.play(each.answer);
      const page = await type.list(call, query);
      expect(page.items.length).toBeLessThanOrEqual(each.pageSize);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined && items.length <= each.values.length);
    expect(items.map(({ value }) => value)).toEqual(each.values);
    expect(items.every(({ label }) => label.length > 0)).toBe(true);
    if (each.sends !== undefined) expect(vendor.requests.at(-1)?.headers).toMatchObject(each.sends);
    keepsSecrets(items, each.secrets);
  });

  test.runIf(type.search === 'PROVIDER' && each.found !== undefined)('finds by words at the vendor', async () => {
    vendor.play(each.answer);
    const call = await callFor(provider, each);
    const page = await type.list(call, { q: each.found?.q ?? '', dependsOn, pageSize: 20 });
    expect(page.items.map(({ value }) => value)).toEqual(each.found?.values);
  });

  test('resolves what exists and leaves out what does not', async () => {
    vendor.play(each.answer);
    const call = await callFor(provider, each);
    const items = await type.resolve(call, { values: each.resolve.values, dependsOn });
    expect(Object.fromEntries(items.map(({ value, state }) => [value, state]))).toEqual(each.resolve.found);
    keepsSecrets(items, each.secrets);
  });
}

const callFor = (provider: Provider, credential: CaseCredential) => callAt(vendor.origin, provider, credential);

function keepsSecrets(output: unknown, secrets: Readonly<Record<string, string>>): void {
  const shown = `${JSON.stringify(output)} ${inspect(output, { depth: 20, showHidden: true })}`;
  for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
}

async function failureFrom(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error;
  throw error;
}

function delivered({ headers, body, url }: SignedRequest, suffix: string): Delivery {
  const query = new URLSearchParams();
  return { headers, suffix, query, body: Uint8Array.from(Buffer.from(body)), ...(url !== undefined && { url }) };
}

function without(delivery: Delivery, header: string): Delivery {
  const { [header]: _, ...headers } = delivery.headers;
  return { ...delivery, headers };
}
