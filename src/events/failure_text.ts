import { redactText } from '../rpc/redact_text.ts';
import { toStorable } from './payload.ts';

const MAX_CHARS = 1024;

/** What a consumer says of a failure, as it is kept and shown: no token in it, bounded; null where it says nothing. */
export function failureText(text: string): string | null {
  const clean = redactText(toStorable(text)).slice(0, MAX_CHARS).toWellFormed();
  return clean === '' ? null : clean;
}
