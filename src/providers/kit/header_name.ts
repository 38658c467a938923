import type { JsonSchema } from '../provider.ts';

/** Headers that say how a request travels; a customer's token has no place in them. */
const RESERVED = ['host', 'connection', 'content-length', 'content-type', 'cookie', 'transfer-encoding', 'upgrade'];

/** The name of a header that the customer's secret goes in. */
export function headerNameField(title: string, description: string): JsonSchema {
  return {
    type: 'string',
    title,
    description,
    pattern: '^[A-Za-z0-9-]+$',
    not: { pattern: `^(${RESERVED.map(anyCase).join('|')})$` },
    minLength: 1,
    maxLength: 64,
  };
}

/** A pattern that matches the word in any case; JSON Schema patterns have no flags. */
function anyCase(word: string): string {
  return word.replace(/[a-z]/g, letter => `[${letter.toUpperCase()}${letter}]`);
}
