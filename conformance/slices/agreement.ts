import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isSchema, type Schema, typesOf } from './schema.ts';

/**
 * The schema, loosened where the vendor's own examples break it: a field that one of them lacks is not required, a type or
 * a value that one of them has is let through. Descriptions lag behind what is sent.
 */
export function agreeing(schema: Schema, examples: readonly unknown[]): Schema {
  const loose = structuredClone(schema);
  for (;;) {
    const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true });
    formats.default(ajv);
    const validate = ajv.compile(loose);
    const errors = examples.flatMap(example => (validate(example) ? [] : [...(validate.errors ?? [])]));
    if (errors.length === 0) return loose;
    for (const error of errors) loosen(loose, error);
  }
}

function loosen(schema: Schema, { keyword, schemaPath, params, data }: ErrorObject): void {
  const path = schemaPath.split('/').slice(1, -1);
  const node = path.reduce<unknown>((at, name) => (isSchema(at) ? at[decodeURIComponent(name)] : undefined), schema);
  if (!isSchema(node)) throw new Error(`${schemaPath} leads nowhere`);
  const open = node as Record<string, unknown>;
  if (keyword === 'required') {
    open.required = (node.required as string[]).filter(name => name !== params.missingProperty);
  } else if (keyword === 'type') {
    open.type = [...new Set([...typesOf(node), typeOf(data)])];
  } else {
    delete open[keyword];
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
