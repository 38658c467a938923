import type { JsonSchema } from '../provider.ts';

/** Short forms of the JSON Schemas that manifests are made of. Inputs are closed and bounded, outputs are open. */

export function text(description: string, maxLength: number, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, minLength: 1, maxLength, ...more };
}

export function integer(description: string, minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', description, minimum, maximum };
}

export function flag(description: string): JsonSchema {
  return { type: 'boolean', description };
}

export function choice(description: string, values: readonly string[]): JsonSchema {
  return { type: 'string', description, enum: values };
}

export function listOf(description: string, items: JsonSchema, maxItems: number): JsonSchema {
  return { type: 'array', description, items, minItems: 1, maxItems };
}

export function input(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** The fields an automation may rely on; the vendor sends more. */
export function output(required: readonly string[], properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required, properties };
}

/** A field of an answer or a payload: its type and meaning, no bounds, the vendor's own being unknown. */
export function field(type: string | readonly string[], description: string, more: JsonSchema = {}): JsonSchema {
  return { type, description, ...more };
}
