import { ProviderError } from './error.ts';

/** Readers of untrusted JSON: what is not as documented throws `invalid_answer` naming the path, never the content. */

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readObject(value: unknown, path: string): Json {
  return isObject(value) ? value : unexpected(path, 'an object');
}

export function readArray(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : unexpected(path, 'a list');
}

export function readString(value: unknown, path: string): string {
  return typeof value === 'string' && value !== '' ? value : unexpected(path, 'a text');
}

/** An id that some vendors write as a number. */
export function readId(value: unknown, path: string): string {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : readString(value, path);
}

export function optionalString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unexpected(path: string, wanted: string): never {
  throw new ProviderError({ kind: 'invalid_answer' }, new Error(`${path} is not ${wanted}`));
}
