import type { Action, JsonSchema } from '../provider.ts';
import { READS, REMOVES } from './effects.ts';
import { input, output } from './schema.ts';

/** A field of an action's input that holds a reference. */
export type ReferenceField = {
  readonly schema: JsonSchema;
  readonly reference: { readonly type: string; readonly dependsOn?: Readonly<Record<string, string>> };
};

type Fields = Readonly<Record<string, JsonSchema | ReferenceField>>;

type Content = {
  readonly effect: Action['annotations'];
  readonly scopes?: readonly string[];
  /** Required fields. */
  readonly needs?: Fields;
  /** Optional ones. */
  readonly takes?: Fields;
  /** At least so many fields: for updates that would change nothing. */
  readonly atLeast?: number;
  /** A schema, or fields of the answer of which the first is required. */
  readonly gives: JsonSchema;
  /** Default: LOW where it only reads, HIGH where it takes away, else MEDIUM. */
  readonly risk?: Action['risk'];
  readonly runtimeState?: Action['runtimeState'];
};

export function action(name: string, title: string, description: string, content: Content): Action {
  const { effect, needs = {}, takes = {}, atLeast } = content;
  const fields = { ...needs, ...takes };
  const schemas = Object.fromEntries(Object.entries(fields).map(([field, given]) => [field, schemaOf(given)]));
  return {
    name,
    title,
    description,
    runtimeState: content.runtimeState ?? 'ACTIVE',
    risk: content.risk ?? riskOf(effect),
    annotations: effect,
    scopes: content.scopes ?? [],
    inputSchema: { ...input(Object.keys(needs), schemas), ...(atLeast !== undefined && { minProperties: atLeast }) },
    outputSchema: content.gives,
    references: Object.entries(fields).flatMap(([field, given]) =>
      isReference(given) ? [{ field, ...given.reference }] : [],
    ),
  };
}

export function riskOf(effect: Action['annotations']): Action['risk'] {
  return effect === READS ? 'LOW' : effect === REMOVES ? 'HIGH' : 'MEDIUM';
}

/** A field whose value, or each of whose values, is picked. `dependsOn`: key of the type, and the input field it comes from. */
export function picked(type: string, schema: JsonSchema, dependsOn?: Readonly<Record<string, string>>): ReferenceField {
  return { schema, reference: { type, ...(dependsOn !== undefined && { dependsOn }) } };
}

/** An answer that says nothing but that it was done. */
export const done: JsonSchema = {
  ...output([], {}),
  description: 'Nothing to rely on: that it was done is all there is.',
};

function schemaOf(given: JsonSchema | ReferenceField): JsonSchema {
  return isReference(given) ? given.schema : given;
}

function isReference(given: JsonSchema | ReferenceField): given is ReferenceField {
  return 'reference' in given;
}
