import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../src/providers/delivery.ts';
import type { JsonSchema, Provider, ProviderCall } from '../src/providers/provider.ts';
import { loadEmulator } from '../src/sandbox/emulated/load.ts';
import { Secret } from '../src/secret.ts';
import type { AnswerOfVendor, CaseCredential, DocumentedCase, ProviderCases } from './provider-cases.ts';
import { methodOf } from './provider-manifest.ts';
import { unfilledIn } from './unfilled.ts';
import { CASE_TIME } from './vendor-call.ts';

/**
 * Our own code and our own emulator agree by nature; what the vendor's documentation shows holds both to the vendor. Who
 * has one such case has one of each kind that the manifest promises.
 */

export type Documented = {
  readonly provider: Provider;
  readonly cases: ProviderCases;
  readonly play: (answer: AnswerOfVendor) => void;
  readonly callFor: (provider: Provider, credential: CaseCredential) => Promise<ProviderCall>;
};

const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));

export function documentedTests(stage: Documented): void {
  const { provider, cases } = stage;
  const { documented, published, exceptions } = cases;
  if (documented === undefined) return;

  test.each(documented)('as documented, $of', async each => {
    expectFilled(provider, each);
    expect(each.source, 'source, the address of a page').toMatch(/^https:\/\/[^/]+\//);
    await checks[each.of](stage, each as never);
  });

  describe('as documented, all of it', () => {
    test('is shown for each kind that the manifest promises', () => {
      const shown = documented.map(each => ('type' in each ? each.type : 'action' in each ? 'action' : each.of));
      const missing = promised(provider).filter(kind => !shown.includes(kind));
      expect(missing, `${casesFile(provider)}: \`documented\` lacks ${missing.join(', ')}`).toEqual([]);
    });
    test.runIf(provider.webhook !== undefined)('has a published signature, or says why there is none', () => {
      expectFilled(provider, { published, exceptions });
      const shown = published?.length ?? exceptions?.published;
      expect(shown, `${casesFile(provider)}: neither \`published\` nor \`exceptions.published\``).toBeTruthy();
    });
  });
}

function promised({ connect, webhook, actions, references }: Provider): readonly string[] {
  const working = references.filter(type => type.source === 'PROVIDER' && type.runtimeState === 'ACTIVE');
  return [
    'identity',
    ...(connect.some(({ mode }) => mode === 'OAUTH_REDIRECT') ? ['token'] : []),
    ...(webhook === undefined ? [] : ['delivery']),
    ...(actions.length === 0 ? [] : ['action']),
    ...working.map(({ name }) => name),
  ];
}

type Of<Kind extends DocumentedCase['of']> = Extract<DocumentedCase, { readonly of: Kind }>;

const checks: { readonly [Kind in DocumentedCase['of']]: (stage: Documented, each: Of<Kind>) => Promise<void> } = {
  identity: async ({ provider, play, callFor, cases }, { answer, account }) => {
    for (const credential of cases.identities ?? []) {
      play(() => ({ body: answer }));
      const found = await methodOf(provider, credential.mode, credential.authKind).identify(
        await callFor(provider, credential),
      );
      expect(found.account, credential.authKind).toMatchObject(account);
    }
  },
  token: async ({ provider }, { answer, accessToken }) => {
    const emulator = await loadEmulator(provider);
    for (const method of provider.connect) {
      if (method.mode !== 'OAUTH_REDIRECT') continue;
      const read = method.readToken?.(answer) ?? (answer as Readonly<Record<string, unknown>>);
      expect(read).toMatchObject({ access_token: accessToken, token_type: expect.stringMatching(/^bearer$/i) });
      expect('refresh_token' in read, 'whether there is a refresh token').toBe(method.refresh !== 'NONE');
      expect(read.expires_in ?? null, 'seconds that it lives').toBe(emulator?.oauth?.lifeSeconds);
    }
  },
  delivery: async ({ provider, cases }, { body, eventType, accountId }) => {
    const { webhook } = provider;
    const [first] = cases.deliveries ?? [];
    if (webhook === undefined || first === undefined) throw new Error('there is no delivery to be verified like');
    const { headers, url, body: signed } = first.request(cases.signing?.secret ?? '', CASE_TIME, JSON.stringify(body));
    const delivery: Delivery = {
      headers,
      url,
      suffix: first.suffix,
      query: new URLSearchParams(),
      body: bytes(signed),
    };
    const secrets = [new Secret(cases.signing?.verifying ?? cases.signing?.secret ?? '')];
    const verification = webhook.verify(delivery, secrets, CASE_TIME);
    if (!verification.ok) throw new Error(verification.cause);
    const [event, ...others] = webhook.parse(verification.verified);
    expect([event?.eventType, others.length]).toEqual([eventType, 0]);
    if (accountId !== undefined) expect(event?.accountId).toBe(accountId);
    const listed = provider.eventTypes.find(({ name }) => name === eventType);
    expect(errorsOf(listed?.payloadSchema ?? false, event?.payload), `payload of ${eventType}`).toEqual([]);
  },
  page: async ({ provider, cases, play, callFor }, { type: name, answer, headers, items, isLast, ...query }) => {
    const type = provider.references.find(each => each.name === name);
    const credential = cases.references?.find(each => each.type === name);
    if (type?.source !== 'PROVIDER' || credential === undefined) throw new Error(`${name} is not looked up`);
    play(() => ({ body: answer, ...(headers !== undefined && { headers }) }));
    const { dependsOn = {}, pageSize = 100 } = query;
    const page = await type.list(await callFor(provider, credential), { q: '', dependsOn, pageSize });
    expect(page.items.map(({ value, label }) => ({ value, label }))).toEqual(items);
    expect(page.nextCursor === undefined, 'whether it is the last page').toBe(isLast);
  },
  action: async ({ provider }, { action: name, answer }) => {
    const action = provider.actions.find(each => each.name === name);
    expect(errorsOf(action?.outputSchema ?? false, answer), `answer of ${name}`).toEqual([]);
  },
};

/** Names all that is missing, so that one run tells. */
export function expectFilled(provider: Provider, value: unknown): void {
  const missing = unfilledIn(value);
  if (missing.length === 0) return;
  throw new Error([`${casesFile(provider)} is to be filled in:`, ...missing].join('\n  '));
}

const casesFile = ({ id }: Provider): string => `src/providers/${id}/fixtures/cases.ts`;

function errorsOf(schema: JsonSchema | false, value: unknown): readonly string[] {
  if (ajv.validate(schema, value)) return [];
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function bytes(body: string | Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.from(body as string));
}
