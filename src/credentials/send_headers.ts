import { validateHeaderName, validateHeaderValue } from 'node:http';
import { invalidField } from '../errors.ts';

/** Headers that say how a request travels, or who sends it. */
const OURS = new Set([
  ...['host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'content-length'],
  ...['authorization', 'cookie', 'cookie2'],
]);

/** The caller's headers, checked; throws FIELD_INVALID for one that is the service's to set. */
export function callerHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw invalidField('headers', 'must be names and values of HTTP headers');
    }
    if (OURS.has(name) || name.startsWith('proxy-')) throw ownHeader(name);
    if (name in checked) throw invalidField('headers', `must name ${name} once`);
    checked[name] = value;
  }
  return checked;
}

/** Puts the credential in; throws FIELD_INVALID where the caller tried to bring one in its place. */
export function withCredential(
  headers: Readonly<Record<string, string>>,
  credential: Readonly<Record<string, string>>,
): Record<string, string> {
  const all: Record<string, string> = { 'user-agent': 'mobius-integrations', ...headers };
  for (const [given, value] of Object.entries(credential)) {
    const name = given.toLowerCase();
    if (name in headers) throw ownHeader(name);
    all[name] = value;
  }
  return all;
}

function ownHeader(name: string) {
  return invalidField('headers', `must not name ${name}, which the service sets`);
}
