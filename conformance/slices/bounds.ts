import { fieldsOf, isSchema, type Schema, typesOf } from './schema.ts';

/** What the vendor's description does not say, by our name of the field: from its documentation, or ours to keep a request small. */
export type Limits = Readonly<Record<string, Schema>>;

const TEXT = { minLength: 1, maxLength: 4_096 };
const LIST = { minItems: 1, maxItems: 100 };
const OPEN_OBJECT = { maxProperties: 100 };

/**
 * An input is closed and bounded. The vendor's bounds hold, then those of `limits`; where neither has any, a text has 4,096
 * characters at most, a list 100 items, and an object of free fields 100 of them.
 */
export function bounded(schema: Schema, limit: Schema = {}): Schema {
  const { items: itemLimit, ...own } = limit;
  const types = typesOf(schema);
  const isFixed = schema.enum !== undefined || schema.const !== undefined;
  const fields = Object.entries(fieldsOf(schema));
  const isOpen = types.includes('object') && fields.length === 0;
  return {
    ...(types.includes('string') && !isFixed && TEXT),
    ...(types.includes('array') && LIST),
    ...(isOpen && OPEN_OBJECT),
    ...schema,
    ...own,
    ...(isSchema(schema.items) && { items: bounded(schema.items, isSchema(itemLimit) ? itemLimit : {}) }),
    ...(isOpen &&
      isSchema(schema.additionalProperties) && { additionalProperties: bounded(schema.additionalProperties) }),
    ...(fields.length > 0 && {
      additionalProperties: false,
      properties: Object.fromEntries(fields.map(([name, field]) => [name, bounded(field)])),
    }),
  };
}
