import { createHash } from 'node:crypto';
import { invalidField } from '../errors.ts';

const DEFAULT_SIZE = 50;
const MAX_SIZE = 200;

/** 0 is the default of 50, above 200 is 200. Negative sizes do not pass the contract. */
export function pageSize(requested: number): number {
  return requested === 0 ? DEFAULT_SIZE : Math.min(requested, MAX_SIZE);
}

/** The token of the next page: where to go on, bound to what was listed. */
export function encodePageToken(filter: unknown, cursor: readonly string[]): string {
  return Buffer.from(JSON.stringify([hashOf(filter), ...cursor])).toString('base64url');
}

/** The cursor in a token of this list with this filter and of `length` parts; undefined for the first page. */
export function decodePageToken(filter: unknown, token: string, length: number): readonly string[] | undefined {
  if (token === '') return undefined;
  const [hash, ...cursor] = partsOf(token);
  if (hash === hashOf(filter) && cursor.length === length) return cursor;
  throw invalidField('page_token', 'is not a token of this list with this filter; leave it out to begin anew');
}

/** Whether it is a token of this list with this filter: of several, one must take it. */
export function isTokenOf(filter: unknown, token: string): boolean {
  return token !== '' && partsOf(token)[0] === hashOf(filter);
}

/** None where it is no token at all. */
function partsOf(token: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every(part => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

function hashOf(filter: unknown): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 16);
}
