import type { JsonSchema } from '../providers/provider.ts';

/** What an object must say to be closed. */
export const CLOSED = 'additionalProperties: false';

type Path = readonly (string | number)[];

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

/** Where people could put as much as they like: texts without maxLength, lists without maxItems, open objects. */
export function unboundedIn(schema: JsonSchema, path: Path = []): { readonly path: Path; readonly lacks: string }[] {
  const types = [schema.type].flat();
  const isFixed = schema.enum !== undefined || schema.const !== undefined;
  const lacks: string[] = [];
  if (types.includes('string') && !isFixed && typeof schema.maxLength !== 'number') lacks.push('maxLength');
  if (types.includes('array') && typeof schema.maxItems !== 'number') lacks.push('maxItems');
  if (types.includes('object') && schema.properties !== undefined && schema.additionalProperties !== false) {
    lacks.push(CLOSED);
  }
  return [
    ...lacks.map(lack => ({ path, lacks: lack })),
    ...partsOf(schema).flatMap(([below, part]) => unboundedIn(part, [...path, ...below])),
  ];
}

/** The schemas that a schema is made of. */
function partsOf(schema: JsonSchema): (readonly [Path, JsonSchema])[] {
  const properties = Object.entries(propertiesOf(schema)).map(
    ([name, property]) => [['properties', name], property] as const,
  );
  const choices = ['anyOf', 'oneOf', 'allOf'].flatMap(keyword =>
    ((schema[keyword] ?? []) as readonly JsonSchema[]).map((choice, index) => [[keyword, index], choice] as const),
  );
  const single = ['items', 'additionalProperties'].flatMap(keyword => {
    const part = schema[keyword];
    return typeof part === 'object' && part !== null ? [[[keyword], part as JsonSchema] as const] : [];
  });
  return [...properties, ...choices, ...single];
}

/** Fields whose name says secret and whose schema does not. */
export function openSecretsIn(schema: JsonSchema): string[] {
  return Object.entries(propertiesOf(schema))
    .filter(
      ([name, field]) => /secret|token|password|private_key|api_key|_json$|_value$/.test(name) && !field.writeOnly,
    )
    .map(([name]) => name);
}
