import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { absent, type Description, within } from './description.ts';
import { isSchema, namesOf, type Refs, type Schema, whole } from './schema.ts';
import { unpack } from './source.ts';
import type { Source } from './vendor.ts';

/**
 * Reads the types of a vendor's package. An operation is a type here: that of what is sent to it or of what comes back, by the
 * name under which the file exports it. Only `asked` can be asked for.
 */
export async function typescript(source: Source, asked: readonly string[]): Promise<Description> {
  const folder = await unpack(source);
  const types = [...new Set(asked.map(name => split(name)[0]))];
  const entry = resolve(folder, 'asked.ts');
  const lines = types.map((type, index) => `export type Asked${index} = vendor.${type};`);
  await writeFile(
    entry,
    `import type * as vendor from './${source.file.replace(/\.d\.(m?)ts$/, '.$1js')}';\n${lines.join('\n')}\n`,
  );
  const { definitions = {} } = createGenerator({
    path: entry,
    tsconfig: resolve(import.meta.dirname, 'asked.tsconfig.json'),
    type: '*',
    expose: 'all',
    skipTypeCheck: true,
    additionalProperties: true,
    encodeRefs: false,
    jsDoc: 'none',
  }).createSchema('*') as { readonly definitions?: Readonly<Record<string, Schema>> };
  const refs: Refs = ref => definitions[ref.replace('#/definitions/', '')] ?? absent(ref);
  const typeOf = (name: string): Schema => {
    const [type, path] = split(name);
    const found = definitions[`Asked${types.indexOf(type)}`];
    return isSchema(found) ? within(found, path, refs, type) : absent(type);
  };
  return {
    refs,
    payload: typeOf,
    answer: typeOf,
    field: (type, path) => within(typeOf(type), path, refs, type),
    required: type => namesOf(whole(typeOf(type), refs).required),
  };
}

function split(name: string): readonly [type: string, path: string] {
  const [type = '', path = ''] = name.split(':');
  return [type, path];
}
