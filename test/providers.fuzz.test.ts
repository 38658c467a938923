import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { methodFor } from '../src/providers/catalog_index.ts';
import type { Delivery, Verified } from '../src/providers/delivery.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { Answer, OpenCredential, Provider, ProviderCall, ProviderRequest } from '../src/providers/provider.ts';
import { reveal, Secret } from '../src/secret.ts';
import { casedProviders } from './cased-providers.ts';
import type { AnswerOfVendor, VendorRequest } from './provider-cases.ts';
import { methodOf } from './provider-manifest.ts';

/** What outsiders send is read or refused with a ProviderError, whatever it is. */

const AT = new Date('2026-05-04T03:02:01.000Z');
const cased = await casedProviders();

const json = fc.jsonValue({ maxDepth: 3 });
/** A change somewhere in a JSON value: which place, and what stands there then. */
const change = fc.record({ place: fc.nat(), value: fc.oneof(json, fc.constant(undefined)) });

const strangeBody = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }).map(bytes),
  json.map(value => bytes(JSON.stringify(value))),
  fc.dictionary(fc.string(), fc.string()).map(fields => bytes(new URLSearchParams(fields).toString())),
  json.map(value => bytes(new URLSearchParams({ payload: JSON.stringify(value) }).toString())),
  fc.nat({ max: 200_000 }).map(depth => bytes('['.repeat(depth))),
);

describe.each(cased)('$provider.id', ({ provider, cases }) => {
  const { webhook } = provider;
  const suffixes = webhook?.endpoints.map(({ suffix }) => suffix) ?? [];

  test.each(suffixes)('reads any delivery to "%s" or refuses it', suffix => {
    const given = fc.record({ body: strangeBody, headers: fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 }) });
    fc.assert(fc.property(given, request => read({ ...request, suffix, query: new URLSearchParams() })));
  });

  test.each(cases.deliveries ?? [])('reads a delivery changed anywhere: $name', ({ suffix, request }) => {
    const { headers, body } = request(cases.signing?.secret ?? '', AT);
    fc.assert(
      fc.property(change, ({ place, value }) =>
        read({ headers, suffix, query: new URLSearchParams(), body: changedBody(bytes(body), place, value) }),
      ),
    );
  });

  test.each(suffixes)('takes no delivery to "%s" that is not signed', suffix => {
    const names = Object.keys(cases.deliveries?.[0]?.request(cases.signing?.secret ?? '', AT).headers ?? {});
    const given = fc.record({
      body: strangeBody,
      headers: fc.dictionary(fc.constantFrom(...names, 'other'), fc.string({ unit: 'binary' })),
    });
    const secrets = [new Secret(cases.signing?.secret ?? 'none')];
    fc.assert(
      fc.property(given, request => {
        const verification = webhook!.verify({ ...request, suffix, query: new URLSearchParams() }, secrets, AT);
        expect(verification.ok).toBe(false);
      }),
    );
  });

  test('reads any token answer or refuses it', () => {
    for (const method of provider.connect) {
      if (!('readToken' in method) || method.readToken === undefined) continue;
      const { readToken } = method;
      const answers = cases.tokens?.map(({ answer }) => answer) ?? [];
      fc.assert(fc.property(json, answer => onlyProviderError(() => readToken(answer))));
      for (const answer of answers) {
        fc.assert(
          fc.property(change, ({ place, value }) => onlyProviderError(() => readToken(changed(answer, place, value)))),
        );
      }
    }
  });

  test('tells any answer’s failure without failing', () => {
    const { failureOf } = provider;
    if (failureOf === undefined) return;
    const some = fc.record({ ok: json, error: json, errors: json, code: json }, { requiredKeys: [] });
    const given = fc.record({ status: fc.constantFrom(200, 400, 403, 429, 503), body: fc.oneof(json, some) });
    fc.assert(fc.property(given, answer => void failureOf({ ...answer, headers: new Headers() })));
    for (const { status, body, headers } of cases.failures ?? []) {
      fc.assert(
        fc.property(change, ({ place, value }) => {
          failureOf({ status, headers: new Headers(headers), body: changed(body, place, value) });
        }),
      );
    }
  });

  test.each(cases.identities ?? [])('identifies by any answer or refuses it: $name', async each => {
    const { identify } = methodOf(provider, each.mode, each.authKind);
    await fc.assert(
      fc.asyncProperty(change, async ({ place, value }) => {
        const call = callWith(provider, each, each.answer ?? (() => ({})), body => changed(body, place, value));
        await onlyProviderErrorFrom(identify(call));
      }),
    );
  });

  test.each(cases.references ?? [])('lists and resolves by any answer or refuses it: $type', async each => {
    const type = provider.references.find(({ name }) => name === each.type);
    if (type?.source !== 'PROVIDER') throw new Error(`${each.type} is not looked up`);
    const dependsOn = each.dependsOn ?? {};
    await fc.assert(
      fc.asyncProperty(change, fc.option(fc.string(), { nil: undefined }), async ({ place, value }, cursor) => {
        const call = callWith(provider, each, each.answer, body => changed(body, place, value));
        const query = {
          q: each.q ?? '',
          dependsOn,
          pageSize: each.pageSize,
          ...(cursor === undefined ? {} : { cursor }),
        };
        await onlyProviderErrorFrom(type.list(call, query));
        await onlyProviderErrorFrom(type.resolve(call, { values: each.resolve.values, dependsOn }));
      }),
    );
  });

  function read(delivery: Delivery): void {
    // The one place that calls bytes verified without a signature: what is tested is what comes after it.
    const verified = delivery as Verified;
    onlyProviderError(() => webhook!.handshake?.(verified));
    onlyProviderError(() => {
      for (const event of webhook!.parse(verified)) {
        expect(event.eventType).toMatch(new RegExp(`^${provider.id}(\\.[a-z0-9_]+)+$`));
        expect(event.eventType.length).toBeLessThan(400);
        expect(event.deliveryKey).not.toBe('');
        if (event.occurTime !== undefined) expect(event.occurTime.getTime()).not.toBeNaN();
        for (const text of Object.values(event.meta ?? {})) expect(text).toBeTypeOf('string');
      }
    });
  }
});

function bytes(text: string | Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

/** JSON, a form with JSON in it, or plain bytes, changed in one place. */
function changedBody(body: Uint8Array, place: number, value: unknown): Uint8Array {
  const text = Buffer.from(body).toString('utf8');
  if (text.startsWith('{')) return bytes(JSON.stringify(changed(JSON.parse(text), place, value)) ?? '');
  const form = Object.fromEntries(new URLSearchParams(text));
  if (form.payload !== undefined && place % 4 !== 0) {
    const payload = JSON.stringify(changed(JSON.parse(form.payload), place, value)) ?? '';
    return bytes(new URLSearchParams({ payload }).toString());
  }
  const fields = Object.entries(changed(form, place, value) ?? {}).map(([name, field]): [string, string] => [
    name,
    typeof field === 'string' ? field : String(JSON.stringify(field)),
  ]);
  return bytes(new URLSearchParams(fields).toString());
}

/** The value with another at one of its places; undefined takes the place away. */
function changed(root: unknown, place: number, value: unknown): unknown {
  const copy: unknown = structuredClone(root);
  const places: (readonly [Record<string, unknown>, string])[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node as Record<string, unknown>, name]);
      visit((node as Record<string, unknown>)[name]);
    }
  };
  visit(copy);
  const chosen = places[place % (places.length + 1)];
  if (chosen === undefined) return value;
  if (value === undefined && Array.isArray(chosen[0])) chosen[0].splice(Number(chosen[1]), 1);
  else if (value === undefined) delete chosen[0][chosen[1]];
  else chosen[0][chosen[1]] = value;
  return copy;
}

/** A call whose answers are the case's, changed on the way. */
function callWith(
  provider: Provider,
  each: { readonly authKind: string; readonly secrets: Readonly<Record<string, string>>; readonly config?: object },
  answer: AnswerOfVendor,
  change: (body: unknown) => unknown,
): ProviderCall {
  const secrets = { ...each.secrets, access_token: each.secrets.access_token ?? 'minted' };
  const credential: OpenCredential = {
    kind: each.authKind as OpenCredential['kind'],
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
  };
  const config = (each.config ?? {}) as Readonly<Record<string, unknown>>;
  const shown = methodFor(provider, each.authKind)?.headers(credential, config) ?? {};
  const credentialHeaders = Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, reveal(value)]));
  return {
    fetch: async (url, request = {}) => {
      const { status = 200, headers = {}, body } = await answer(asked(url, request, credentialHeaders));
      if (status === 404) throw new ProviderError({ kind: 'not_found' });
      return { status, headers: new Headers(headers), body: change(body) } satisfies Answer;
    },
    credential,
    config,
    endpoints: Object.fromEntries(
      Object.keys(provider.endpoints).map(name => [name, `https://vendor.invalid/${name}`]),
    ),
    app: undefined,
    signal: new AbortController().signal,
    now: () => AT,
  };
}

function asked(
  url: string,
  { method = 'GET', query = {}, json, form }: ProviderRequest,
  credentialHeaders: Readonly<Record<string, string>>,
): VendorRequest {
  const target = new URL(url);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) target.searchParams.set(name, String(value));
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const body = json === undefined ? (form ?? '') : JSON.parse(JSON.stringify(json));
  return {
    method,
    path: target.pathname,
    query: target.searchParams,
    headers: { ...credentialHeaders, 'content-type': type },
    body,
  };
}

function onlyProviderError(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
  }
}

async function onlyProviderErrorFrom(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof ProviderError)) throw error;
  });
}
