import type { Verified } from '../delivery.ts';
import { ProviderError } from './error.ts';
import { type Json, readArray, readObject } from './read.ts';

/** Deeper JSON than any vendor sends; a bound for whatever walks the payload later. */
const MAX_DEPTH = 64;
/** More fields than any vendor's form has. */
const MAX_FIELDS = 200;

/** The verified body as a JSON object. Throws ProviderError for anything else, or for nesting beyond 64. */
export function jsonBody(verified: Verified): Json {
  const text = utf8(verified.body);
  const object = jsonObject(text, 'body');
  if (verified.body[0] !== BYTE_ORDER_MARK) sources.set(object, { text, bytes: verified.body });
  return object;
}

/** Its first byte; it is no part of the text, and no JSON begins with it. */
const BYTE_ORDER_MARK = 0xef;

/** The verified body as a JSON list of at most so many items. */
export function jsonList(verified: Verified, most: number): readonly unknown[] {
  const list = readArray(jsonValue(utf8(verified.body), 'body'), 'body');
  if (list.length > most) throw invalid('body has too many items');
  return list;
}

/** JSON text of an outsider as an object. */
export function jsonObject(text: string, path: string): Json {
  return readObject(jsonValue(text, path), path);
}

export type JsonSource = { readonly text: string; readonly bytes: Uint8Array };

const sources = new WeakMap<object, JsonSource>();

/** The body that `jsonBody` read the object of; undefined: it is no such object. */
export function sourceOf(object: Json): JsonSource | undefined {
  return sources.get(object);
}

function jsonValue(text: string, path: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw invalid(`${path} is nested too deep`);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`${path} is not JSON`);
  }
}

/** The verified body as a form; of a repeated field the first counts. Throws ProviderError beyond 200 fields. */
export function formBody(verified: Verified): Readonly<Record<string, string>> {
  const pairs = [...new URLSearchParams(utf8(verified.body))];
  if (pairs.length > MAX_FIELDS) throw invalid('body has too many fields');
  return Object.fromEntries(pairs.toReversed());
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw invalid('body is not UTF-8');
  }
}

/** How deep it is nested at most: what opens no more often than it may be deep is not walked through. */
function depthOf(text: string): number {
  if (!opensOftener(text, MAX_DEPTH)) return 0;
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === 0x5c) i++;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return deepest;
}

function opensOftener(text: string, times: number): boolean {
  let found = 0;
  for (const bracket of '{[') {
    for (let i = text.indexOf(bracket); i !== -1 && found <= times; i = text.indexOf(bracket, i + 1)) found++;
  }
  return found > times;
}

/** The parser's own error is left out: it quotes the text. */
function invalid(message: string): ProviderError {
  return new ProviderError({ kind: 'invalid_answer' }, new Error(message));
}
