import { isSchema, type Schema } from './schema.ts';

type Named = Readonly<Record<string, Schema>>;

/** Smaller schemas are repeated rather than pointed to. */
const MIN_PART_BYTES = 80;

/** Schemas of which each that occurs more than once stands once, in `parts`, and is pointed to by `$ref`. */
export function parted(sections: Readonly<Record<string, Named>>): Readonly<Record<string, Named>> {
  const counts = countsOf(Object.values(sections).flatMap(named => Object.values(named)));
  const names = new Map<string, string>();
  const parts: Record<string, Schema> = {};
  const inside = (schema: Schema, field: string) => within(schema, (child, name) => pointed(child, name ?? field));
  const pointed = (schema: Schema, field: string): Schema => {
    const text = JSON.stringify(schema);
    if ((counts.get(text) ?? 0) < 2 || text.length < MIN_PART_BYTES) return inside(schema, field);
    const known = names.get(text);
    const name = known ?? freeName(field, parts);
    if (known === undefined) {
      names.set(text, name);
      parts[name] = schema;
      parts[name] = inside(schema, field);
    }
    return { $ref: `#/parts/${name}` };
  };
  const rest = Object.entries(sections).map(([section, named]) => [
    section,
    Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, inside(schema, section)])),
  ]);
  return { parts, ...Object.fromEntries(rest) };
}

function countsOf(schemas: readonly Schema[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (schema: Schema): Schema => {
    const text = JSON.stringify(schema);
    const before = counts.get(text) ?? 0;
    counts.set(text, before + 1);
    return before === 0 ? within(schema, count) : schema;
  };
  for (const schema of schemas) within(schema, count);
  return counts;
}

/** The schema with each schema in it made another; fields by their name. */
function within(schema: Schema, make: (child: Schema, name?: string) => Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(isSchema(items) && { items: make(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: make(additionalProperties) }),
    ...(isSchema(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties as Named).map(([name, field]) => [name, make(field, name)]),
      ),
    }),
  };
}

function freeName(field: string, taken: Named): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? field : `${field}_${count}`;
    if (!(name in taken)) return name;
  }
}
