import type { TLSSocket } from 'node:tls';
import { type ContextValues, createContextKey, createContextValues } from '@connectrpc/connect';
import type { Connection } from './adapter.ts';

/** Who calls, as proven by the transport or the token; never as claimed by the request itself. */
export type Caller = {
  /** A SPIFFE URI, or the `sub` of a token. */
  identity: string;
  kind: 'certificate' | 'token';
  /** What the issuer says of the caller; grants refer to it with `projects: {claim: projects}`. */
  claims?: { projects?: string[] };
};

/** Where the caller of a call stands; undefined for services that are open to anyone. */
export const callerKey = createContextKey<Caller | undefined>(undefined, { description: 'caller' });

/** The SPIFFE URI of the peer's certificate. Only a certificate with exactly one URI, which must be a SPIFFE one, names a caller. */
export function callerFromCertificate(socket: TLSSocket): Caller | undefined {
  if (!socket.authorized) return undefined;
  const uris = uriNames(socket.getPeerX509Certificate()?.subjectAltName);
  const uri = uris[0];
  if (uris.length !== 1 || uri === undefined || !isSpiffeId(uri)) return undefined;
  return { identity: uri, kind: 'certificate' };
}

/** Context values for the internal listener's calls: the certificate is read once a connection, not once a call. */
export function certificateContext(): (connection: Connection) => ContextValues {
  const known = new WeakMap<object, { caller: Caller | undefined }>();
  return ({ key, socket }) => {
    let entry = known.get(key);
    if (entry === undefined) {
      // HTTP/2 hands out a stand-in for the socket, of which `in` does not tell the truth.
      entry = { caller: callerFromCertificate(socket as TLSSocket) };
      known.set(key, entry);
    }
    return createContextValues().set(callerKey, entry.caller);
  };
}

/** The form of a SPIFFE ID with a path: trust domain in lower case, no empty or dot segments, no query or port. */
export function isSpiffeId(uri: string): boolean {
  if (uri.length > 2048 || !/^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)+$/.test(uri)) return false;
  return !uri.split('/').some(segment => segment === '.' || segment === '..');
}

/**
 * Node prints the names as `DNS:a, URI:b` and puts one that holds a comma or a quote in JSON quotes, so that a name
 * cannot pretend to be two (CVE-2021-44532). A quoted URI is kept with its quotes and so is no SPIFFE ID.
 */
function uriNames(subjectAltName: string | undefined): string[] {
  const names = subjectAltName?.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return names.map(name => name.trim()).flatMap(name => (name.startsWith('URI:') ? [name.slice(4)] : []));
}
