import { timingSafeEqual } from 'node:crypto';
import { reveal } from '../../secret.ts';
import type { Greeting, HandshakeAnswer, Verified, Webhook } from '../delivery.ts';
import { jsonBody, jsonObject } from './body.ts';
import { ProviderError } from './error.ts';

/** Ways in which vendors ask whether an endpoint is ours before they send anything. */

type Greet = NonNullable<Webhook['greeting']>;

const MAX_ECHO_CHARS = 1_024;
/** What vendors send as a challenge; nothing that a browser would take for more than text. */
const ECHOABLE = /^[\w.~+/=:, -]+$/;

/** A signed JSON body with a challenge, answered with the same text. */
export function jsonEcho(
  isChallenge: (body: Readonly<Record<string, unknown>>) => boolean,
  field: string,
): (verified: Verified) => HandshakeAnswer | undefined {
  return verified => {
    const body = jsonBody(verified);
    return isChallenge(body) ? echo(body[field]) : undefined;
  };
}

/** An unsigned JSON body that holds a challenge and nothing else, answered with the same object. */
export function unsignedJsonEcho(field: string): NonNullable<Webhook['bodyGreeting']> {
  return body => {
    const answer = echo(soleField(body, field));
    return answer && { ...answer, contentType: 'application/json', body: JSON.stringify({ [field]: answer.body }) };
  };
}

/** An unsigned JSON body that tells one text and nothing else, which wants no more than a 200. */
export function unsignedNotice(field: string): NonNullable<Webhook['bodyGreeting']> {
  return body => {
    const told = soleField(body, field);
    return typeof told === 'string' && told !== '' ? { status: 200, contentType: 'text/plain', body: '' } : undefined;
  };
}

/** What stands in the only field of a small JSON object; undefined for any other body. */
function soleField(body: Uint8Array, field: string): unknown {
  if (body.byteLength > 2 * MAX_ECHO_CHARS) return undefined;
  try {
    const asked = jsonObject(Buffer.from(body).toString('utf8'), 'body');
    return Object.keys(asked).length === 1 ? asked[field] : undefined;
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

/** An unsigned request whose query holds a challenge, answered with its text. */
export function queryEcho(name: string): Greet {
  return ({ query }) => echo(query.get(name) ?? undefined);
}

/** An unsigned request with a header that comes back as a header. The vendor's own secret may be in it. */
export function headerEcho(name: string): Greet {
  return ({ headers }) => {
    const answer = echo(headers[name]);
    return answer && { ...answer, body: '', headers: { [name]: answer.body } };
  };
}

/** A query that holds one of our tokens and a challenge: only who knows the token gets the challenge back. */
export function tokenEcho(names: { readonly token: string; readonly challenge: string }): Greet {
  return ({ query }, secrets) => {
    const token = query.get(names.token);
    if (token === null) return undefined;
    const given = Buffer.from(token, 'utf8');
    const isOurs = secrets.some(secret => {
      const known = Buffer.from(reveal(secret), 'utf8');
      return known.length === given.length && timingSafeEqual(known, given);
    });
    return isOurs ? echo(query.get(names.challenge) ?? undefined) : undefined;
  };
}

/** A HEAD request, which wants no more than a 200. */
export function head({ method }: Greeting): HandshakeAnswer | undefined {
  return method === 'HEAD' ? { status: 200, contentType: 'text/plain', body: '' } : undefined;
}

/** A signed delivery that only tries the way: answered, and no event. */
export function ping(isPing: (verified: Verified) => boolean): (verified: Verified) => HandshakeAnswer | undefined {
  return verified => (isPing(verified) ? { status: 200, contentType: 'text/plain', body: '' } : undefined);
}

function echo(challenge: unknown): HandshakeAnswer | undefined {
  if (typeof challenge !== 'string' || challenge.length > MAX_ECHO_CHARS || !ECHOABLE.test(challenge)) return undefined;
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge };
}
