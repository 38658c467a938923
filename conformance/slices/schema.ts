/** A JSON Schema as a vendor describes it, of OpenAPI 3.0, 3.1 or JSON Schema. */
export type Schema = { readonly [keyword: string]: unknown };

/** Finds what a `$ref` points to. */
export type Refs = (ref: string) => Schema;

/** How much of a vendor's schema a slice keeps. */
export type Rules = {
  /** Levels of objects whose fields are told; what lies deeper is an open object. */
  readonly depth: number;
  /** Names of fields to leave out. */
  readonly omit?: RegExp;
  /** Names of objects whose fields are not told. */
  readonly opaque?: RegExp;
  /** Below the root, names of fields that are kept as required; a made-up event need not have all that a real one has. */
  readonly relied?: RegExp;
  /** Of objects below the root that have the field `by` only the fields `keep`, at any depth. */
  readonly shapes?: readonly { readonly by: string; readonly keep: string }[];
  readonly formats: readonly string[];
  /** Whether the vendor's bounds are kept: for inputs. What a vendor sends has none that we could hold it to. */
  readonly isBounded?: boolean;
};

const BOUNDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern'] as const;

/** The schema in JSON Schema 2020-12, without words, references and combinations. A union becomes one schema that lets all of it through. */
export function slim(schema: Schema, refs: Refs, rules: Rules, level = 0): Schema {
  const node = whole(schema, refs);
  const types = typesOf(node);
  const shape = level === 0 ? undefined : rules.shapes?.find(({ by }) => by in fieldsOf(node));
  const isTold = level < rules.depth || shape !== undefined;
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...valuesOf(node),
    ...(rules.formats.includes(String(node.format)) && { format: node.format }),
    ...(rules.isBounded === true && picked(node, BOUNDS)),
    ...(types.includes('array') && isSchema(node.items) && { items: slim(node.items, refs, rules, level) }),
    ...(isTold && 'properties' in node
      ? told(node, refs, rules, level, shape?.keep.split(' '))
      : isSchema(node.additionalProperties) && {
          additionalProperties: slim(node.additionalProperties, refs, rules, level + 1),
        }),
  };
}

function told(node: Schema, refs: Refs, rules: Rules, level: number, keep: readonly string[] | undefined): Schema {
  const kept = Object.entries(fieldsOf(node)).filter(([name]) => keep?.includes(name) ?? !rules.omit?.test(name));
  const isRelied = (name: string) => level === 0 || (rules.relied?.test(name) ?? true);
  const required = namesOf(node.required).filter(name => isRelied(name) && kept.some(([field]) => field === name));
  return {
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      kept.map(([name, field]) => {
        const inside = rules.opaque?.test(name) === true ? { ...rules, depth: 0, shapes: [] } : rules;
        return [name, slim(field, refs, inside, level + 1)];
      }),
    ),
  };
}

/** The node with what it points to, is made of and may be, in one. */
export function whole(schema: Schema, refs: Refs): Schema {
  const { $ref, allOf, anyOf, oneOf, nullable, ...own } = schema;
  if (typeof $ref === 'string') return whole({ ...refs($ref), ...(nullable === true && { nullable }) }, refs);
  const parts = schemasIn(allOf).map(part => whole(part, refs));
  const choices = [...schemasIn(anyOf), ...schemasIn(oneOf)].map(choice => whole(choice, refs));
  const node = [...parts, ...(choices.length > 0 ? [choices.reduce(either)] : [])].reduce(both, own);
  return nullable === true ? either(node, { type: 'null' }) : node;
}

/** What must be both: with the fields of both. */
function both(a: Schema, b: Schema): Schema {
  const required = [...new Set([...namesOf(a.required), ...namesOf(b.required)])];
  return {
    ...a,
    ...b,
    ...(required.length > 0 && { required }),
    ...merged(a, b, 'allOf'),
  };
}

/** What may be one or the other. */
function either(a: Schema, b: Schema): Schema {
  const [ofA, ofB] = [typesOf(a), typesOf(b)];
  if (ofA.length === 0 || ofB.length === 0) return {};
  const isNull = (types: readonly string[]) => types.every(type => type === 'null');
  if (isNull(ofB))
    return {
      ...a,
      type: [...new Set([...ofA, 'null'])],
      ...(valuesIn(a).length > 0 && { enum: [...valuesIn(a), null] }),
    };
  if (isNull(ofA)) return either(b, a);
  const values = valuesIn(a).length > 0 && valuesIn(b).length > 0 ? [...valuesIn(a), ...valuesIn(b)] : undefined;
  const items = [a.items, b.items].filter(isSchema);
  return {
    type: [...new Set([...ofA, ...ofB])],
    ...(values !== undefined && { enum: [...new Set(values)] }),
    ...(a.format === b.format && a.format !== undefined && { format: a.format }),
    ...(items.length > 0 && { items: items.length === 1 ? items[0] : { anyOf: items } }),
    required: namesOf(a.required).filter(name => namesOf(b.required).includes(name)),
    ...merged(a, b, 'anyOf'),
  };
}

function merged(a: Schema, b: Schema, word: 'allOf' | 'anyOf'): Schema {
  if (!('properties' in a) && !('properties' in b)) return {};
  const [ofA, ofB] = [fieldsOf(a), fieldsOf(b)];
  const names = [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])];
  return {
    properties: Object.fromEntries(
      names.map(name => {
        const [one, other] = [ofA[name], ofB[name]];
        return [name, one === undefined ? other : other === undefined ? one : { [word]: [one, other] }];
      }),
    ),
  };
}

/** One value is a constant. `null` among the values is a type of its own too. */
function valuesOf({ const: constant, enum: values }: Schema): Schema {
  if (constant !== undefined) return { const: constant };
  if (!Array.isArray(values)) return {};
  return values.length === 1 ? { const: values[0] } : { enum: values };
}

function valuesIn({ const: constant, enum: values }: Schema): readonly unknown[] {
  if (constant !== undefined) return [constant];
  return Array.isArray(values) ? values : [];
}

export function typesOf({ type, properties, items, enum: values, const: constant }: Schema): readonly string[] {
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  if (properties !== undefined) return ['object'];
  if (items !== undefined) return ['array'];
  const given = constant !== undefined ? [constant] : Array.isArray(values) ? values : [];
  return [...new Set(given.map(value => (value === null ? 'null' : typeof value)))];
}

export function fieldsOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  return (properties ?? {}) as Readonly<Record<string, Schema>>;
}

export function namesOf(names: unknown): readonly string[] {
  return Array.isArray(names) ? names.map(String) : [];
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function schemasIn(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function picked(node: Schema, keywords: readonly string[]): Schema {
  return Object.fromEntries(keywords.flatMap(keyword => (keyword in node ? [[keyword, node[keyword]]] : [])));
}
