import { fieldsOf, isSchema, type Refs, type Schema, whole } from './schema.ts';

/** A vendor's description, whatever it is written in. Asked for what is not there, each throws. */
export type Description = {
  readonly refs: Refs;
  /** Body of a webhook. */
  readonly payload: (name: string) => Schema;
  /** A field that an operation takes; `a.b` lies in `a`, and `a.[]` is an item of it. */
  readonly field: (operation: string, path: string) => Schema;
  /** Fields an operation cannot do without. */
  readonly required: (operation: string) => readonly string[];
  /** What an operation answers; `operation:path` for a part of that. */
  readonly answer: (operation: string) => Schema;
};

/** The schema at a path of fields. */
export function within(schema: Schema, path: string, refs: Refs, complaint: string): Schema {
  const names = path.split('.').filter(name => name !== '');
  return names.reduce((node, name) => {
    const found = name === '[]' ? whole(node, refs).items : fieldsOf(whole(node, refs))[name];
    return isSchema(found) ? found : absent(`${complaint} ${path}`);
  }, schema);
}

export function absent(what: string): never {
  throw new Error(`${what}: not in the description; was it named anew?`);
}
