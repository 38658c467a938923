import { ProviderError } from '../kit/error.ts';

/** Sent with every call, so that answers keep their shape. */
export const VERSION_HEADERS = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
} as const;

/** Enterprise-managed owners hold an underscore. */
const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export function isRepository(fullName: string): boolean {
  return REPOSITORY.test(fullName);
}

/** URL of a repository given as `owner/name`; `rest` are path segments, not yet encoded. */
export function repositoryUrl(api: string | undefined, fullName: string | undefined, ...rest: string[]): string {
  if (fullName === undefined || !isRepository(fullName)) {
    throw new ProviderError({ kind: 'rejected' }, new Error('repository is not owner/name'));
  }
  const lost = rest.some(segment => segment === '' || segment === '.' || segment === '..');
  if (lost) throw new ProviderError({ kind: 'not_found' }, new Error('no such name'));
  return [`${api}/repos/${fullName}`, ...rest.map(encodeURIComponent)].join('/');
}
