import { expect } from 'vitest';
import type { EmulatedReference, Emulator } from '../src/providers/emulator.ts';
import type { ConnectMethod, JsonSchema, Provider } from '../src/providers/provider.ts';
import { openApprovals } from '../src/sandbox/approvals.ts';
import { composeEmulated, signingSecret } from '../src/sandbox/emulated/compose.ts';
import { loadEmulator } from '../src/sandbox/emulated/load.ts';
import { playEmulator } from '../src/sandbox/emulated/play.ts';
import { type EmulatedSecrets, emulatedSecrets } from '../src/sandbox/emulated/secrets.ts';
import { openHooks } from '../src/sandbox/hooks.ts';
import type { Emulation } from '../src/sandbox/http.ts';
import { opaque } from '../src/sandbox/secrets.ts';
import { openTokenBook, type TokenBook } from '../src/sandbox/tokens.ts';
import type {
  AnswerOfVendor,
  CaseCredential,
  DeliveryCase,
  IdentityCase,
  ProviderCases,
  ReferenceCase,
  SigningCase,
  TokenCase,
  VendorRequest,
} from './provider-cases.ts';

/** The cases of a provider that its emulator makes; none where it has no emulator. */

const AT = new Date('2026-05-04T03:02:01.000Z');
const PAGE = 20;

type Played = {
  readonly provider: Provider;
  readonly emulator: Emulator;
  readonly secrets: EmulatedSecrets;
  readonly book: TokenBook;
  readonly answer: AnswerOfVendor;
};

export async function emulatedCases(provider: Provider, brought?: Emulator): Promise<ProviderCases> {
  const emulator = brought ?? (await loadEmulator(provider));
  if (emulator === undefined) return {};
  const now = (): Date => AT;
  const book = openTokenBook([], now, () => undefined);
  const secrets = emulatedSecrets(provider, emulator);
  const base = (): string => 'https://vendor.invalid';
  const offline = async (): Promise<Response> => new Response(null, { status: 503 });
  const context = { book, approvals: openApprovals(), now, fetch: offline, base, isRegistered: () => true };
  const emulation = await playEmulator(provider, emulator, secrets, openHooks(now), context);
  const played = { provider, emulator, secrets, book, answer: answerOf(provider, emulation) };
  const signing = signingOf(played, await keySetOf(provider, secrets, emulation));
  return {
    ...(emulator.oauth !== undefined && { knownScopes: emulator.oauth.scopes, tokens: tokensOf(emulator) }),
    ...(signing !== undefined && { signing, deliveries: deliveriesOf(played) }),
    identities: provider.connect.flatMap(method => identityOf(played, method)),
    references: Object.entries(emulator.references ?? {}).map(([type, given]) => referenceOf(played, type, given)),
  };
}

/** A text of the same form: its last letters and digits are others. */
export function anotherOf(text: string): string {
  const end = Math.max(0, text.length - 6);
  const turned = text.slice(end).replaceAll(/[0-9]/g, digit => String((Number(digit) + 5) % 10));
  return text.slice(0, end) + turned.replaceAll(/[a-y]/gi, letter => String.fromCharCode(letter.charCodeAt(0) + 1));
}

/** The emulator behind the local vendor server, which puts the endpoint's name before the path. */
function answerOf(provider: Provider, emulation: Emulation): AnswerOfVendor {
  return async request => {
    const [, endpoint = '', rest = ''] = /^\/([^/]+)(.*)$/.exec(request.path) ?? [];
    const base = provider.endpoints[endpoint] ?? 'https://vendor.invalid';
    const path = `${base.replace(/^https:\/\/[^/]+/, '')}${rest}`;
    const query = request.query.size === 0 ? '' : `?${request.query}`;
    const headers = Object.entries(request.headers).filter((each): each is [string, string] => each[1] !== undefined);
    const asked = new Request(`https://vendor.invalid${path}${query}`, {
      method: request.method,
      headers,
      body: request.method === 'GET' ? null : bodyOf(request),
    });
    const answer = await emulation.fetch(asked);
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      ...(text !== '' && { body: isJson ? JSON.parse(text) : text }),
    };
  };
}

function bodyOf({ headers, body }: VendorRequest): string {
  if (headers['content-type']?.includes('form') === true)
    return String(new URLSearchParams(body as Record<string, string>));
  return typeof body === 'string' ? body : JSON.stringify(body ?? '');
}

/** A credential of the first account, as the service would hold it; undefined: the method needs none that the vendor made. */
function credentialOf(
  { provider, emulator, secrets, book }: Played,
  method: ConnectMethod,
): CaseCredential | undefined {
  const { mode, authKind } = method;
  const app = { fields: {}, secrets: {} } as { fields: Record<string, string>; secrets: Record<string, string> };
  const appFields = (provider.app?.schema.properties ?? {}) as Record<string, JsonSchema>;
  for (const [name, field] of Object.entries(appFields)) {
    const value = secrets.app[name];
    if (value !== undefined) (field.writeOnly === true ? app.secrets : app.fields)[name] = value;
  }
  if (mode === 'OAUTH_REDIRECT') {
    const owner = { provider: provider.id, account: emulator.accounts[0]!.name, client: '', expireTimeMs: null };
    const scopes = [...(emulator.oauth?.scopes ?? [])];
    const value = emulator.oauth?.tokens?.access?.(opaque) ?? opaque(48);
    book.add({ ...owner, kind: 'access', value, scopes, grant: opaque(20) });
    return { mode, authKind, secrets: { access_token: value }, config: secrets.forms[authKind] ?? {}, app };
  }
  const form = secrets.forms[authKind];
  if (form === undefined) return undefined;
  const fields = 'schema' in method ? ((method.schema.properties ?? {}) as Record<string, JsonSchema>) : {};
  const isSecret = ([name]: [string, string]): boolean => fields[name]?.writeOnly === true;
  const all = Object.entries(form);
  return {
    mode,
    authKind,
    secrets: Object.fromEntries(all.filter(isSecret)),
    config: Object.fromEntries(all.filter(each => !isSecret(each))),
    app,
  };
}

function identityOf(played: Played, method: ConnectMethod): IdentityCase[] {
  const credential = credentialOf(played, method);
  if (credential === undefined) return [];
  const { id, label } = played.emulator.accounts[0]!;
  const others = Object.entries(credential.secrets).map(([name, value]) => [name, anotherOf(value)]);
  const name = `emulated, ${method.authKind}`;
  const unknown = method.mint === undefined ? { unknown: Object.fromEntries(others) } : {};
  return [{ ...credential, name, answer: played.answer, account: { id, label }, ...unknown }];
}

function referenceOf(played: Played, type: string, given: EmulatedReference): ReferenceCase {
  const { provider, answer } = played;
  const method = provider.connect.find(({ authKind }) => given.authKind === undefined || authKind === given.authKind);
  const credential = method && credentialOf(played, method);
  if (credential === undefined) throw new Error(`${type}: there is no credential to look it up with`);
  const { values, dependsOn, q, found } = given;
  const [first = '', last = ''] = [values[0], values.at(-1)];
  const absent = given.absent ?? first.replaceAll(/[0-9]/g, '9').replaceAll(/[A-Z]/g, 'Q').replaceAll(/[a-z]/g, 'q');
  if (values.includes(absent)) throw new Error(`${type}: say which value is absent`);
  return {
    ...credential,
    type,
    answer,
    values,
    pageSize: values.length > PAGE ? PAGE : Math.max(1, Math.ceil(values.length / 2)),
    resolve: { values: [first, absent, last], found: { [first]: 'PRESENT', [last]: 'PRESENT' } },
    ...(dependsOn !== undefined && { dependsOn }),
    ...(q !== undefined && { q }),
    ...(found !== undefined && { found }),
  };
}

/** What the service would verify with where the vendor publishes its keys. */
async function keySetOf(
  provider: Provider,
  { app }: EmulatedSecrets,
  emulation: Emulation,
): Promise<string | undefined> {
  const endpoint = provider.webhook?.endpoints[0];
  if (endpoint?.keySetUrl === undefined) return undefined;
  const answer = await emulation.fetch(new Request(endpoint.keySetUrl(provider.endpoints)));
  const known = Object.keys(provider.app?.schema.properties ?? {});
  const fields = Object.fromEntries(Object.entries(app).filter(([name]) => known.includes(name)));
  return JSON.stringify({ ...fields, audience: app[endpoint.secretField], ...((await answer.json()) as object) });
}

function signingOf({ provider, emulator, secrets }: Played, keySet: string | undefined): SigningCase | undefined {
  const { deliveries } = emulator;
  if (deliveries === undefined) return undefined;
  const signs = signingSecret(provider, emulator, secrets);
  const field = provider.webhook?.endpoints[0]?.secretField ?? '';
  const verifying = keySet ?? (deliveries.signingField === undefined ? undefined : secrets.app[field]);
  return {
    secret: signs,
    otherSecret: deliveries.strange?.(opaque) ?? opaque(32),
    signatureHeader: deliveries.signatureHeader,
    ...(verifying !== undefined && { verifying }),
  };
}

/** One of each sample; the first shows what is refused, the others what is read. */
function deliveriesOf({ provider, emulator, secrets }: Played): DeliveryCase[] {
  const { id, url = id } = emulator.accounts[0]!;
  const all = (provider.webhook?.endpoints ?? []).flatMap((endpoint, at) =>
    // What rings is the same for every event.
    (provider.samples ?? [])
      .slice(0, at === 0 && emulator.deliveries?.rings === undefined ? undefined : 1)
      .map((sample, index) => ({ endpoint, sample, index })),
  );
  return all.map(({ endpoint, sample: { eventType, variant, payload }, index }) => ({
    name: `${eventType}, ${variant}${endpoint.suffix === '' ? '' : `, at ${endpoint.suffix}`}`,
    suffix: endpoint.suffix,
    readOnly: index > 0,
    ...(endpoint.secret === 'PLATFORM_APP' && { belongsTo: [id, url] }),
    events: emulator.deliveries?.rings === true ? [] : [{ eventType }],
    request: (secret, time, raw) => {
      const path = ['webhook', endpoint.suffix].filter(part => part !== '').join('/');
      const target = { url: `https://edge.example/v1/provider/${provider.id}/${path}`, time };
      const delivery = { event: eventType, payload: { ...payload }, secret, deliveryId: `delivery-${index}`, raw };
      const { body, headers } = composeEmulated(provider, emulator, secrets, delivery, target);
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      return { body, headers: Object.fromEntries(lower), url: target.url };
    },
  }));
}

/** The vendor's own form of a token answer and of a refusal. */
function tokensOf({ oauth, accounts }: Emulator): TokenCase[] {
  const standard = {
    access_token: 'canary-access',
    token_type: 'Bearer',
    expires_in: 3600,
    scope: oauth?.scopes[0] ?? '',
  };
  const given = oauth?.refresh === 'NONE' ? standard : { ...standard, refresh_token: 'canary-refresh' };
  const answer = oauth?.answer?.(given, accounts[0]!, 'https://vendor.invalid') ?? given;
  const refusal = oauth?.fail?.('invalid_grant', 'it is gone').body ?? { error: 'invalid_grant' };
  return [
    { name: 'emulated tokens', answer, reads: { access_token: 'canary-access' } },
    { name: 'emulated refusal', answer: refusal, reads: { error: expect.any(String) } },
  ];
}
