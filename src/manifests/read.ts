import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Manifest } from './manifest.ts';
import type { Problem } from './problem.ts';
import { manifestSchema } from './schema.ts';
import { readYaml, type YamlText } from './yaml_text.ts';

/** A manifest that fits its schema, and where its parts stand in the file. */
type ReadManifest = { readonly manifest: Manifest; readonly lineOf: YamlText['lineOf'] };

export type ManifestReader = (file: string, text: string) => ReadManifest | readonly Problem[];

/** Of more than these the rest is told once they are mended. */
const MAX_PROBLEMS = 50;

/** Reads manifests: YAML that fits the schema. */
export function openReader(): ManifestReader {
  // Our own schema, held by tests; checking it against the meta schema is a part of a start.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    discriminator: true,
    validateSchema: false,
  });
  const validate: ValidateFunction<Manifest> = ajv.compile<Manifest>(manifestSchema);
  return (file, text) => {
    const read = readYaml(text);
    if (!('value' in read)) return read.map(problem => ({ ...problem, file, path: [] }));
    const { value, lineOf } = read;
    if (validate(value)) return { manifest: value, lineOf };
    const errors = (validate.errors ?? []).filter(({ keyword }) => !WRAPPERS.has(keyword));
    const found = errors.map(error => problemOf(error));
    const each = new Map(found.map(problem => [`${problem.path.join('/')} ${problem.message}`, problem]));
    return [...each.values()]
      .slice(0, MAX_PROBLEMS)
      .map(({ path, message }) => ({ file, line: lineOf(path), path, message }));
  };
}

/** Keywords whose failure says nothing that the failures below them do not. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'propertyNames']);

function problemOf(error: ErrorObject): Pick<Problem, 'path' | 'message'> {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  // What is wrong with a key is told at the key.
  if (error.propertyName !== undefined) path.push(error.propertyName);
  const params: Readonly<Record<string, unknown>> = error.params;
  const parent = (error.parentSchema ?? {}) as {
    properties?: Record<string, { description?: string }>;
    description?: string;
  };
  const meaning = parent.description === undefined ? '' : `: ${parent.description}`;
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        path: [...path, String(params.additionalProperty)],
        message: `is not known here; known are ${Object.keys(parent.properties ?? {}).join(', ')}`,
      };
    case 'required': {
      const name = String(params.missingProperty);
      const what = parent.properties?.[name]?.description;
      return { path, message: `needs ${name}${what === undefined ? '' : `: ${what}`}` };
    }
    case 'enum':
      return { path, message: `must be one of ${(params.allowedValues as readonly string[]).join(', ')}` };
    case 'discriminator':
      return { path: [...path, String(params.tag)], message: `must be one of ${tagsOf(error)}` };
    case 'type':
      return { path, message: `must be ${wordFor(String(params.type))}${meaning}` };
    case 'pattern':
      return { path, message: `has another form${meaning}` };
    case 'not':
      return { path, message: `may not be that${meaning}` };
    default:
      return { path, message: `${error.message ?? 'breaks the schema'}${meaning}` };
  }
}

const words: Readonly<Record<string, string>> = {
  string: 'a text, in quotes where it looks like a number or a date',
  object: 'a map of names to values',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
};

const wordFor = (type: string): string => words[type] ?? type;

/** What the word that tells the forms apart may be. */
function tagsOf({ parentSchema, params }: ErrorObject): string {
  const forms = (parentSchema?.oneOf ?? []) as readonly {
    properties: Record<string, { const?: string; enum?: string[] }>;
  }[];
  return forms
    .flatMap(({ properties }) => {
      const tag = properties[String(params.tag)];
      return tag?.const ?? tag?.enum ?? [];
    })
    .join(', ');
}
