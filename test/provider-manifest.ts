import type { ConnectMethod, JsonSchema, Provider } from '../src/providers/provider.ts';

/** Reads manifests for `providers.test.ts`. */

export function schemasOf(provider: Provider): readonly (readonly [string, JsonSchema])[] {
  return [
    ...(provider.app === undefined ? [] : [['app', provider.app.schema] as const]),
    ...provider.connect.flatMap(method => ('schema' in method ? [[method.authKind, method.schema] as const] : [])),
    ...provider.eventTypes.map(type => [type.name, type.payloadSchema] as const),
    ...provider.actions.flatMap(action => [
      [`${action.name} input`, action.inputSchema] as const,
      [`${action.name} output`, action.outputSchema] as const,
    ]),
  ];
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

/** Where a caller could put as much as it likes: texts without maxLength, lists without maxItems, open roots. */
export function unboundedIn(schema: JsonSchema, path = ''): string[] {
  const found: string[] = [];
  const types = [schema.type].flat();
  const isFixed = schema.enum !== undefined || schema.const !== undefined;
  if (types.includes('string') && !isFixed && typeof schema.maxLength !== 'number') found.push(`${path} maxLength`);
  if (types.includes('array') && typeof schema.maxItems !== 'number') found.push(`${path} maxItems`);
  if (types.includes('object') && schema.properties !== undefined && schema.additionalProperties !== false) {
    found.push(`${path} additionalProperties`);
  }
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    found.push(...unboundedIn(property, `${path}/${name}`));
  }
  const items = schema.items as JsonSchema | undefined;
  if (items !== undefined) found.push(...unboundedIn(items, `${path}[]`));
  return found;
}

/** Fields whose name says secret and whose schema does not. */
export function openSecretsIn(schema: JsonSchema): string[] {
  return Object.entries(propertiesOf(schema))
    .filter(
      ([name, field]) => /secret|token|password|private_key|api_key|_json$|_value$/.test(name) && !field.writeOnly,
    )
    .map(([name]) => name);
}

/** Scopes a person can be asked for; undefined where no method of the provider knows scopes. */
export function askableScopes(provider: Provider): ReadonlySet<string> | undefined {
  const lists = provider.connect.flatMap(method =>
    method.mode === 'OAUTH_REDIRECT' ? [...method.scopes.default, ...(method.scopes.optional ?? [])] : [],
  );
  return provider.connect.some(method => method.mode === 'OAUTH_REDIRECT') ? new Set(lists) : undefined;
}

export function neededScopes(provider: Provider): readonly string[] {
  return [...provider.actions, ...provider.eventTypes, ...provider.references].flatMap(({ scopes }) => scopes);
}

export function methodOf(provider: Provider, mode: string, authKind: string): ConnectMethod {
  const method = provider.connect.find(each => each.mode === mode && each.authKind === authKind);
  if (method === undefined) throw new Error(`${provider.id} has no method ${mode} ${authKind}`);
  return method;
}
