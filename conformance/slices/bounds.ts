import { fieldsOf, isSchema, type Schema, typesOf } from './schema.ts';

/**
 * What the vendor's description does not say, by our name of the field, with the action before it where the name alone does
 * not tell: bounds of its documentation, or ours that keep a request small. One with a type stands in place of a wider field
 * of the vendor.
 */
export type Limits = Readonly<Record<string, Schema>>;

const TEXT = { minLength: 1, maxLength: 4_096 };
const FORMATTED: Readonly<Record<string, number>> = { date: 10, 'date-time': 40, email: 254, uri: 2_048 };
const LIST = { minItems: 1, maxItems: 100 };
const OPEN_OBJECT = { maxProperties: 100 };

/**
 * An input is closed and bounded. The bounds of `limit` hold, then the vendor's; where neither has any, a text has 4,096
 * characters at most, one with a format what that may have, a list 100 items, and an object of free fields 100 of them. Nothing is null: it is left out.
 */
export function bounded(described: Schema, limit: Schema = {}, limits: Limits = {}): Schema {
  const schema = limit.type === undefined ? withoutNull(described) : {};
  const { items: itemLimit, ...own } = limit;
  const types = typesOf({ ...schema, ...own });
  const isFixed = [schema.enum, schema.const, own.enum].some(given => given !== undefined);
  const fields = Object.entries(fieldsOf(schema));
  const isOpen = types.includes('object') && fields.length === 0;
  const items = isSchema(schema.items) ? schema.items : {};
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(types.includes('string') && !isFixed && TEXT),
    ...(typeof schema.format === 'string' && { maxLength: FORMATTED[schema.format] }),
    ...(types.includes('array') && LIST),
    ...(isOpen && OPEN_OBJECT),
    ...schema,
    ...own,
    ...(types.includes('array') && { items: bounded(items, isSchema(itemLimit) ? itemLimit : {}, limits) }),
    ...(isOpen &&
      isSchema(schema.additionalProperties) && { additionalProperties: bounded(schema.additionalProperties) }),
    ...(fields.length > 0 && {
      additionalProperties: false,
      properties: Object.fromEntries(fields.map(([name, field]) => [name, bounded(field, limits[name], limits)])),
    }),
  };
}

/** Google's word for a value that is not given. */
function isUnspecified(value: unknown): boolean {
  return typeof value === 'string' && value.endsWith('_UNSPECIFIED');
}

function withoutNull(schema: Schema): Schema {
  const { type, enum: values, ...rest } = schema;
  const types = typesOf(schema).filter(each => each !== 'null');
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(Array.isArray(values) && { enum: values.filter(value => value !== null && !isUnspecified(value)) }),
    ...rest,
  };
}
