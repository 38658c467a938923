import { queryOptions, useQuery } from '@tanstack/react-query';
import { pageHeader } from '../rpc/transport.ts';

/** Who is signed in, as the service tells it: see `src/console/serve.ts`. */
export type Session = {
  readonly identity: string;
  readonly name: string;
  readonly expireTime: string;
  readonly projects: '*' | readonly string[];
  /** Only with a project. */
  readonly permissions?: readonly string[];
};

export type Permission =
  | 'catalog.read'
  | 'integrations.read'
  | 'integrations.manage'
  | 'events.read'
  | 'events.manage'
  | 'references.read'
  | 'audit.read';

/** `null`: nobody is signed in. */
export const sessionQuery = (project?: string) =>
  queryOptions({
    queryKey: ['session', project ?? ''],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Session | null> => {
      const query = project === undefined ? '' : `?project=${encodeURIComponent(project)}`;
      const answer = await fetch(`/console/session${query}`, { headers: pageHeader, signal });
      if (!answer.ok) throw new Error(`the session cannot be asked for (${answer.status})`);
      return (await answer.json()) as Session | null;
    },
  });

export async function signOut(): Promise<void> {
  await fetch('/console/sign-out', { method: 'POST', headers: pageHeader });
  location.assign('/console/');
}

/** Where signing in begins; it comes back to where the page is now. */
export function signInHref(): string {
  const here = new URL(location.href);
  here.searchParams.delete('sign_in');
  return `/console/sign-in?to=${encodeURIComponent(`${here.pathname}${here.search}`)}`;
}

/** Whether the caller holds a permission in the project. False until it is known: what may not be done is not offered. */
export function useMay(project: string): (permission: Permission) => boolean {
  const { data } = useQuery(sessionQuery(project));
  return permission => data?.permissions?.includes(permission) ?? false;
}
