import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { IntegrationError } from './errors.ts';
import { ProviderError } from './providers/kit/error.ts';
import type {
  Answer,
  OpenCredential,
  PlatformApp,
  Provider,
  ProviderCall,
  ProviderFailure,
  ProviderFetch,
  ProviderRequest,
} from './providers/provider.ts';
import { reveal, type Secret } from './secret.ts';

export type Fetch = typeof globalThis.fetch;

/** The platform's own network. The only place that touches the global fetch. */
export const networkFetch: Fetch = (input, init) => globalThis.fetch(input, init);

/** A call to a vendor, its body included, takes no longer. */
export const PROVIDER_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Reads that found the vendor unavailable are tried twice more; nothing else is ever sent twice. */
const retryReads = retry(
  handleWhen(e => e instanceof ProviderError && e.failure.kind === 'unavailable'),
  { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 }) },
);

/** What a provider function gets: see ProviderCall. `headers` are the credential's. */
export function openCall(options: {
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly provider: Provider;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly app: PlatformApp | undefined;
  readonly credential: OpenCredential;
  readonly config: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly signal?: AbortSignal;
}): ProviderCall {
  const { provider, endpoints, app, credential, config, now } = options;
  const signal = options.signal ?? AbortSignal.timeout(60_000);
  const send: ProviderFetch = (url, request = {}) => {
    const attempt = () => sendOnce(options.fetch, provider, endpoints, options.headers, url, request, signal);
    return (request.method ?? 'GET') === 'GET' ? retryReads.execute(attempt, signal) : attempt();
  };
  return { fetch: send, credential, config, endpoints, app, signal, now };
}

async function sendOnce(
  fetch: Fetch,
  provider: Provider,
  endpoints: Readonly<Record<string, string>>,
  credentialHeaders: Readonly<Record<string, Secret>>,
  url: string,
  request: ProviderRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const target = targetOf(url, request.query);
  if (!Object.values(endpoints).some(base => liesUnder(target, base))) {
    throw new ProviderError({ kind: 'rejected' }, new Error(`${provider.id} may not call ${target.origin}`));
  }
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'mobius-integrations' });
  for (const [name, value] of Object.entries(credentialHeaders)) headers.set(name, reveal(value));
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers.set(name, typeof value === 'string' ? value : reveal(value));
  }
  const body =
    request.json !== undefined ? JSON.stringify(request.json) : request.form && new URLSearchParams(request.form);
  if (request.json !== undefined) headers.set('content-type', 'application/json');
  let answer: Answer;
  try {
    const response = await fetch(target, {
      method: request.method ?? 'GET',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROVIDER_TIMEOUT_MS)]),
    });
    answer = { status: response.status, headers: response.headers, body: parseBody(await readBounded(response)) };
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    // The cause is the platform's own network error; it holds the address, never a header or a body.
    throw new ProviderError({ kind: 'unavailable' }, error);
  }
  const failure = provider.failureOf?.(answer) ?? failureOfStatus(answer);
  if (failure !== undefined) throw new ProviderError(failure, new Error(`${provider.id} answered ${answer.status}`));
  return answer;
}

function targetOf(url: string, query: ProviderRequest['query']): URL {
  const target = new URL(url);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  return target;
}

/** Whether the URL is the base or lies below it. Compared as parsed URLs, so that `..` and userinfo lead nowhere else. */
export function liesUnder(target: URL, base: string): boolean {
  const root = new URL(base);
  const path = root.pathname.replace(/\/$/, '');
  return (
    target.origin === root.origin &&
    target.username === '' &&
    target.password === '' &&
    (target.pathname === path || target.pathname.startsWith(`${path}/`))
  );
}

/** The body, up to ten megabytes. */
export async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new ProviderError({ kind: 'invalid_answer' }, new Error('answer is too large'));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the status alone says, the same for every vendor. 403 with an exhausted rate limit is throttling. */
function failureOfStatus({ status, headers }: Answer): ProviderFailure | undefined {
  const delayMs = retryAfterMs(headers.get('retry-after'));
  if (status >= 200 && status < 300) return undefined;
  if (status === 401) return { kind: 'refused' };
  if (status === 429 || (status === 403 && (delayMs !== undefined || headers.get('x-ratelimit-remaining') === '0'))) {
    return { kind: 'throttled', ...(delayMs !== undefined && { retryAfterMs: delayMs }) };
  }
  if (status === 403) return { kind: 'forbidden' };
  if (status === 404 || status === 410) return { kind: 'not_found' };
  if (status >= 500) return { kind: 'unavailable' };
  if (status >= 400) return { kind: 'rejected' };
  return { kind: 'invalid_answer' };
}

/** Retry-After in seconds; a date is rare enough to be taken as a minute. Never more than an hour. */
export function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  return /^\d{1,6}$/.test(value) ? Math.min(Number(value) * 1000, 3_600_000) : 60_000;
}

/** A vendor's failure as our callers learn of it. */
export function explainFailure(provider: Provider, error: ProviderError): IntegrationError {
  const metadata = { provider: provider.id };
  const { failure } = error;
  switch (failure.kind) {
    case 'refused':
      return new IntegrationError('CREDENTIAL_REFUSED', metadata, { cause: error });
    case 'forbidden':
      return new IntegrationError(
        'SCOPE_MISSING',
        { ...metadata, ...(failure.scopes && { scopes: failure.scopes.join(',') }) },
        { cause: error },
      );
    case 'throttled':
      return new IntegrationError(
        'RATE_LIMITED',
        { ...metadata, limit: 'provider' },
        {
          cause: error,
          retryDelayMs: failure.retryAfterMs ?? 1_000,
        },
      );
    case 'unavailable':
      return new IntegrationError('PROVIDER_UNAVAILABLE', metadata, { cause: error, retryDelayMs: 1_000 });
    default:
      return new IntegrationError('PROVIDER_ANSWER_INVALID', metadata, { cause: error });
  }
}
