import { isObject } from './read.ts';

/** The value at a JSON Pointer (RFC 6901) of an outsider's answer; undefined where it leads nowhere. */
export function valueAt(answer: unknown, pointer: string): unknown {
  return pointer.split('/').slice(1).reduce(step, answer);
}

function step(value: unknown, token: string): unknown {
  const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
  if (Array.isArray(value)) return /^(0|[1-9]\d{0,5})$/.test(name) ? value[Number(name)] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
