import { invalidField } from '../errors.ts';

/** PostgreSQL stores every character but U+0000. */
export function assertStorable(field: string, text: string): void {
  if (text.includes('\u0000')) throw invalidField(field, 'holds the character U+0000; leave it out');
}
