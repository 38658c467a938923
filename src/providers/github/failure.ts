import { isObject, optionalString } from '../kit/read.ts';
import type { Answer, ProviderFailure } from '../provider.ts';

/**
 * What GitHub tells beside the status: a redirect means that the name is another's or nobody's now (a renamed
 * repository), a 403 may name the permission it wants, and an exhausted limit the second it ends.
 */
export function failureOf({ status, headers, body }: Answer): ProviderFailure | undefined {
  if (status >= 300 && status < 400) return { kind: 'not_found' };
  if ((status === 403 || status === 429) && headers.get('x-ratelimit-remaining') === '0') return throttled(headers);
  const message = isObject(body) ? (optionalString(body.message) ?? '') : '';
  if (status !== 403 || !message.startsWith('Resource not accessible by')) return undefined;
  const scopes = acceptedPermissions(headers.get('x-accepted-github-permissions') ?? '');
  return scopes.length === 0 ? { kind: 'forbidden' } : { kind: 'forbidden', scopes };
}

/** The end of the limit by GitHub's own clock; undefined, and so left to the status, where Retry-After says better. */
function throttled(headers: Headers): ProviderFailure | undefined {
  if (headers.has('retry-after')) return undefined;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
  const retryAfterMs = reset - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(retryAfterMs) && retryAfterMs > 0
    ? { kind: 'throttled', retryAfterMs: Math.min(retryAfterMs, 3_600_000) }
    : { kind: 'throttled' };
}

/** `issues=write,metadata=read; pull_requests=write`: alternatives by semicolon; the first will do. */
function acceptedPermissions(header: string): readonly string[] {
  const [first = ''] = header.slice(0, 512).split(';');
  return [...first.matchAll(/([a-z_]+)=(read|write|admin)/g)].map(([, name, level]) => `${name}:${level}`);
}
