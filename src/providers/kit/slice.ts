import type { JsonSchema } from '../provider.ts';

type Named = Readonly<Record<string, JsonSchema>>;

/** `schemas.json` of a provider's folder, cut out of the vendor's own description by `make slices`. */
export type SliceFile = {
  readonly parts: Named;
  readonly payloads: Named;
  readonly inputs: Named;
  readonly objects: Named;
};

export type Slice = {
  readonly payload: (name: string) => JsonSchema;
  readonly object: (name: string) => JsonSchema;
  /** Fields of an object, to be put among others; all of them unless some are named. */
  readonly sent: (name: string, only?: readonly string[]) => Named;
  /** Of an action's input the fields named, each with what people read about it. */
  readonly fields: <Field extends string>(
    action: string,
    descriptions: Readonly<Record<Field, string>>,
  ) => Readonly<Record<Field, JsonSchema>>;
};

/** The slice with our words: `texts` says by a field's name what it means, wherever it stands in what the vendor sends. */
export function openSlice(file: SliceFile, texts: Readonly<Record<string, string>> = {}): Slice {
  // What is pointed to twice becomes one value, and stays one.
  const parts = new Map<string, JsonSchema>();
  const part = (ref: string): JsonSchema => {
    const name = ref.slice('#/parts/'.length);
    const known = parts.get(name) ?? whole(of(file.parts, name, 'part'));
    parts.set(name, known);
    return known;
  };
  const whole = (schema: JsonSchema): JsonSchema => {
    if (typeof schema.$ref === 'string') return part(schema.$ref);
    const { items, additionalProperties, properties } = schema;
    return {
      ...schema,
      ...(isSchema(items) && { items: whole(items) }),
      ...(isSchema(additionalProperties) && { additionalProperties: whole(additionalProperties) }),
      ...(isSchema(properties) && { properties: described(properties as Named) }),
    };
  };
  const described = (properties: Named): Named =>
    Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => {
        const text = texts[name];
        return [name, { ...whole(schema), ...(text !== undefined && { description: text }) }];
      }),
    );
  return {
    payload: name => whole(of(file.payloads, name, 'payload')),
    object: name => whole(of(file.objects, name, 'object')),
    sent: (name, only) => {
      const { properties } = whole(of(file.objects, name, 'object')) as { readonly properties: Named };
      if (only === undefined) return properties;
      return Object.fromEntries(only.map(field => [field, of(properties, field, `field in ${name}:`)]));
    },
    fields: (action, descriptions) => {
      const { properties } = of(file.inputs, action, 'input') as { readonly properties: Named };
      const given = Object.entries<string>(descriptions).map(([name, description]): [string, JsonSchema] => [
        name,
        { ...whole(of(properties, name, `input of ${action}`)), description },
      ]);
      return Object.fromEntries(given) as Record<keyof typeof descriptions, JsonSchema>;
    },
  };
}

function of(named: Named, name: string, what: string): JsonSchema {
  const found = named[name];
  if (found === undefined) throw new Error(`the slice has no ${what} ${name}; run: make slices`);
  return found;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
