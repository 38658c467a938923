import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema, Provider } from '../providers/provider.ts';
import type { Found } from './fault.ts';
import { CLOSED, unboundedIn } from './schema_walk.ts';

type Placed = { readonly path: Found['path']; readonly schema: JsonSchema };

/**
 * A check for schemas that do not compile, or leave people as much as they like, and for samples that do not fit. Some
 * milliseconds for each schema, and more to open it. `BROUGHT`: of manifests that people bring, whose patterns would be run
 * over what callers send.
 */
export function openSchemaCheck(origin: 'OURS' | 'BROUGHT'): (provider: Provider) => Found[] {
  const ajv = openAjv(origin);
  return provider => {
    const { typed, read } = schemasOf(provider);
    const all = [...typed, ...read];
    const found = [
      ...all.flatMap(({ path, schema }) => {
        const problem = compileProblem(ajv, schema, origin);
        if (problem !== undefined) return [{ path, message: problem }];
        return schema.type === 'object' ? [] : [{ path: [...path, 'type'], message: 'must be object' }];
      }),
      ...typed.flatMap(({ path, schema }) =>
        typedFaults(schema).map(each => ({ ...each, path: [...path, ...each.path] })),
      ),
      ...sampleFaults(ajv, provider),
    ];
    // ajv would keep them for good.
    for (const { schema } of all) ajv.removeSchema(schema);
    return found;
  };
}

/** The form as a whole is closed whether it has properties or not. */
function typedFaults(schema: JsonSchema): Found[] {
  const open = unboundedIn(schema).filter(({ path, lacks }) => path.length > 0 || lacks !== CLOSED);
  const isClosed = schema.additionalProperties === false;
  return [...(isClosed ? [] : [{ path: [], lacks: CLOSED }]), ...open].map(({ path, lacks }) => ({
    path,
    message: `needs ${lacks}, for people type it`,
  }));
}

function openAjv(origin: 'OURS' | 'BROUGHT'): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
  });
  formats.default(ajv);
  if (origin === 'OURS') return ajv;
  // What schemas are themselves checked by has patterns: it is compiled before they are taken away.
  ajv.validateSchema({ type: 'object' });
  for (const keyword of ['pattern', 'patternProperties']) ajv.removeKeyword(keyword);
  return ajv;
}

/** What people type, and what only vendors write. */
function schemasOf({ app, connect, actions, eventTypes }: Provider): {
  readonly typed: readonly Placed[];
  readonly read: readonly Placed[];
} {
  return {
    typed: [
      ...(app === undefined ? [] : [{ path: ['app', 'schema'], schema: app.schema }]),
      ...connect.flatMap((method, index) =>
        'schema' in method ? [{ path: ['connect', index, 'schema'], schema: method.schema }] : [],
      ),
      ...connect.flatMap((method, index) =>
        'settings' in method && method.settings !== undefined
          ? [{ path: ['connect', index, 'settings'], schema: method.settings }]
          : [],
      ),
      ...actions.map(({ inputSchema: schema }, index) => ({ path: ['actions', index, 'inputSchema'], schema })),
    ],
    read: [
      ...actions.map(({ outputSchema: schema }, index) => ({ path: ['actions', index, 'outputSchema'], schema })),
      ...eventTypes.map(({ payloadSchema: schema }, index) => ({
        path: ['eventTypes', index, 'payloadSchema'],
        schema,
      })),
    ],
  };
}

function compileProblem(ajv: Ajv2020, schema: JsonSchema, origin: 'OURS' | 'BROUGHT'): string | undefined {
  const foreign = origin === 'BROUGHT' ? foreignKeyword(schema) : undefined;
  if (foreign !== undefined) return `may not have ${foreign}`;
  try {
    ajv.compile(schema);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
    const unknown = /unknown keyword: "(\w+)"/.exec(message)?.[1];
    return unknown === undefined ? `does not compile: ${message}` : `may not have the keyword ${unknown}`;
  }
}

/** A keyword by which a schema would have a name of its own, or be another's. */
function foreignKeyword(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, below] of Object.entries(value)) {
    const isLocal = name === '$ref' && typeof below === 'string' && below.startsWith('#/');
    if (name.startsWith('$') && !isLocal && name !== '$defs' && name !== '$comment') return name;
    const found = foreignKeyword(below);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sampleFaults(ajv: Ajv2020, { samples = [], eventTypes }: Provider): Found[] {
  return samples.flatMap(({ eventType, payload }, index): Found[] => {
    const type = eventTypes.find(({ name }) => name === eventType);
    if (type === undefined) {
      return [{ path: ['samples', index, 'eventType'], message: `there is no event type ${eventType}` }];
    }
    // That of a schema that does not compile is told already.
    if (compileProblem(ajv, type.payloadSchema, 'OURS') !== undefined) return [];
    const validate = ajv.compile(type.payloadSchema);
    if (validate(payload)) return [];
    const [error] = validate.errors ?? [];
    const message = `does not fit the payload schema of ${eventType}: ${error?.instancePath || '/'} ${error?.message ?? ''}`;
    return [{ path: ['samples', index, 'payload'], message }];
  });
}
