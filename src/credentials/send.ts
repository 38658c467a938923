import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Integration } from '../integrations/entity.ts';
import { explainFailure, retryAfterMs } from '../outbound.ts';
import { AnswerTooLargeError, type PinnedAnswer, PrivateAddressError, requestPinned } from '../outbound_pinned.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { Provider } from '../providers/provider.ts';
import { reveal } from '../secret.ts';
import { createSecretCutter } from './cut_secrets.ts';
import { type Config, type Destination, destinationOf } from './hosts.ts';
import type { ProviderPauses } from './provider_pause.ts';
import { type ResolvedCredential, type ResolveRequest, resolveCredential } from './resolve.ts';
import { callerHeaders, withCredential } from './send_headers.ts';

export type SendRequest = Omit<ResolveRequest, 'minValidityMs' | 'sending'> & {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** 0: the default. */
  readonly timeoutMs: number;
};

export type SendAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly redactionCount: number;
  readonly providerTimeMs: number;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const MAX_HEADERS = 200;
const MAX_HEADER_CHARS = 8_192;

type Outgoing = {
  destination: Destination;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
};

/**
 * Sends the caller's request with the credential put in, and answers what came back with every secret cut out. Goes the
 * way of a resolve: same checks, same budget, on record before anything leaves. Sent once; a redirect within the host is
 * followed, one elsewhere is the answer. Where a provider asked to be left alone, it is, and the caller is told so.
 */
export async function sendAuthorizedRequest(
  deps: Deps,
  pauses: ProviderPauses,
  request: SendRequest,
): Promise<SendAnswer> {
  const headers = callerHeaders(request.headers);
  const timeoutMs = request.timeoutMs > 0 ? request.timeoutMs : DEFAULT_TIMEOUT_MS;
  const resolved = await resolveCredential(deps, {
    ...request,
    minValidityMs: timeoutMs,
    sending: {
      holdMs: timeoutMs,
      check: (provider, integration) => {
        const { url } = destinationOf(deps, provider, configOf(integration), request.url);
        const retryDelayMs = pauses.leftMs(holderOf(provider, integration));
        if (retryDelayMs > 0) {
          throw new IntegrationError('RATE_LIMITED', { limit: 'provider', provider: provider.id }, { retryDelayMs });
        }
        // Host and method only: paths and queries may hold what nobody should read in a log.
        return { field: 'request', before: '', after: JSON.stringify(`${request.method} ${url.host}`) };
      },
    },
  });
  const { provider } = resolved.opened;
  const outgoing: Outgoing = {
    destination: destinationOf(deps, provider, configOf(resolved.integration), request.url),
    method: request.method,
    headers: withCredential(headers, revealAll(resolved.opened.headers)),
    body: request.body.byteLength === 0 ? undefined : request.body,
  };
  const timeout = AbortSignal.timeout(timeoutMs);
  const signals = [timeout, ...(request.signal === undefined ? [] : [request.signal])];
  const startMs = performance.now();
  const answer = await exchange(deps, resolved, outgoing, AbortSignal.any(signals));
  const providerTimeMs = performance.now() - startMs;
  const pauseMs = pauseOf(answer, deps.now());
  if (pauseMs !== undefined) pauses.pause(holderOf(provider, resolved.integration), pauseMs);
  return { ...withoutSecrets(deps, resolved, answer), status: answer.status, providerTimeMs };
}

function configOf(integration: Integration | undefined): Config {
  return integration?.config ?? {};
}

/** Limits count for the account: the operator's own credential is one for all projects. */
function holderOf(provider: Provider, integration: Integration | undefined): string {
  return integration === undefined ? `platform/${provider.id}` : `${integration.project}/${integration.id}`;
}

async function exchange(
  deps: Deps,
  resolved: ResolvedCredential,
  first: Outgoing,
  signal: AbortSignal,
): Promise<PinnedAnswer> {
  const { provider } = resolved.opened;
  let outgoing = first;
  for (let redirects = 0; ; redirects++) {
    const { destination, method, headers, body } = outgoing;
    let answer: PinnedAnswer;
    try {
      answer = await requestPinned({
        url: destination.url,
        method,
        headers,
        body,
        lookup: deps.lookup,
        mayBePrivate: destination.isOperators,
        maxAnswerBytes: MAX_BODY_BYTES,
        signal,
      });
    } catch (error) {
      throw explain(provider, destination.url, error);
    }
    if (answer.status < 100 || answer.status > 599) {
      throw explainFailure(provider, new ProviderError({ kind: 'invalid_answer' }, new Error('no HTTP status')));
    }
    const next = redirects < MAX_REDIRECTS ? redirected(deps, resolved, outgoing, answer) : undefined;
    if (next === undefined) return answer;
    outgoing = next;
  }
}

/** The next request, as browsers make it, where the answer redirects within the host; every rule is checked anew. */
function redirected(
  deps: Deps,
  { opened, integration }: ResolvedCredential,
  { destination, method, headers, body }: Outgoing,
  { status, headers: answered }: PinnedAnswer,
): Outgoing | undefined {
  const location = answered.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, destination.url.href)) return undefined;
  const url = new URL(location, destination.url);
  if (url.origin !== destination.url.origin) return undefined;
  const next = destinationOf(deps, opened.provider, configOf(integration), url.href);
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead || status === 307 || status === 308) return { destination: next, method, headers, body };
  const { 'content-type': _type, 'content-encoding': _encoding, ...others } = headers;
  return { destination: next, method: 'GET', headers: others, body: undefined };
}

/** The cause is the network's own error: it holds the address, never a header or a body. */
function explain(provider: Provider, url: URL, error: unknown): unknown {
  if (error instanceof PrivateAddressError) {
    return new IntegrationError('HOST_NOT_ALLOWED', { provider: provider.id, host: url.host }, { cause: error });
  }
  if (error instanceof AnswerTooLargeError) {
    return new IntegrationError('RESPONSE_TOO_LARGE', { limit_bytes: String(MAX_BODY_BYTES) }, { cause: error });
  }
  return explainFailure(provider, new ProviderError({ kind: 'unavailable' }, error));
}

/** How long the provider asks to be left alone; undefined where it does not. */
function pauseOf({ status, headers }: PinnedAnswer, now: Date): number | undefined {
  const after = retryAfterMs(headers.get('retry-after') ?? null);
  const isUsedUp = headers.get('x-ratelimit-remaining') === '0';
  if (status === 503) return after;
  if (status !== 429 && !(status === 403 && (after !== undefined || isUsedUp))) return undefined;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - now.getTime();
  return after ?? (isUsedUp && reset > 0 ? Math.min(reset, 3_600_000) : 1_000);
}

function withoutSecrets(
  deps: Deps,
  { opened }: ResolvedCredential,
  answer: PinnedAnswer,
): Pick<SendAnswer, 'headers' | 'body' | 'redactionCount'> {
  const sent = Object.values(revealAll(opened.headers));
  const app = Object.values(deps.platform.appOf(opened.provider)?.secrets ?? {}).flat();
  const cut = createSecretCutter([
    ...Object.values(opened.credential.secrets).map(reveal),
    ...app.map(reveal),
    // The header as it was sent, and what follows its scheme: `Bearer` itself is no secret.
    ...sent.flatMap(value => [value, ...value.split(' ').slice(1)]),
  ]);
  const { bytes: body, count } = cut(answer.body);
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new IntegrationError('RESPONSE_TOO_LARGE', { limit_bytes: String(MAX_BODY_BYTES) });
  }
  let redactionCount = count;
  const headers: Record<string, string> = {};
  for (const [name, value] of [...answer.headers].slice(0, MAX_HEADERS)) {
    const clean = cut(Buffer.from(value, 'latin1'));
    redactionCount += clean.count;
    headers[name] = clean.bytes.toString('latin1').slice(0, MAX_HEADER_CHARS);
  }
  return { headers, body, redactionCount };
}

function revealAll(secrets: ResolvedCredential['opened']['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, reveal(value)]));
}
