import type { Caller } from '../rpc/caller.ts';
import type { Seal } from './seal.ts';

/**
 * Who is signed in. It lives in the browser's cookie alone, sealed: the token it was made from is not kept, and what the
 * caller may do is asked of the access list at every call. Signing out removes the cookie; the session ends with the
 * token, or after eight hours.
 */
export type Session = {
  readonly caller: Caller;
  /** For people, as the issuer tells it; the identity where it tells none. */
  readonly name: string;
  readonly expireTime: Date;
};

export const sessionLifetimeMs = 8 * 60 * 60 * 1_000;
const purpose = 'session';

export function sealSession(seal: Seal, { caller, name, expireTime }: Session): Promise<string> {
  const projects = caller.claims?.projects;
  return seal.seal(purpose, { sub: caller.identity, name, ...(projects && { projects }) }, expireTime);
}

/** Undefined when nobody is signed in, or not any more. */
export async function openSession(seal: Seal, text: string | undefined): Promise<Session | undefined> {
  const payload = text === undefined ? undefined : await seal.open(purpose, text);
  if (typeof payload?.sub !== 'string' || payload.exp === undefined) return undefined;
  const { sub: identity, name, projects, exp } = payload;
  return {
    caller: { identity, kind: 'token', claims: Array.isArray(projects) ? { projects: projects.map(String) } : {} },
    name: typeof name === 'string' ? name : identity,
    expireTime: new Date(exp * 1_000),
  };
}
