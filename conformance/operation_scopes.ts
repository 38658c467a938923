import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Provider } from '../src/providers/provider.ts';
import type { Entries } from './operations/entry.ts';
import { operationsIn } from './unheld.ts';

/** Scopes by operation, as a vendor's package writes them down: each is needed, or one of them is. */
export type OperationScopes = {
  readonly needs: 'each' | 'one';
  readonly of: ReadonlyMap<string, readonly string[]>;
};

/** Undefined of vendors whose packages do not say. Asana's says it of three operations in five, Google's of each. */
export function operationScopesIn(workspace: string, provider: string): OperationScopes | undefined {
  const api = GOOGLE[provider];
  if (api !== undefined) {
    const comments = commentsOf(workspace, `@googleapis/${api}/build/v*.d.ts`);
    return { needs: 'one', of: new Map(comments.flatMap(({ comment }) => googleExample(comment))) };
  }
  if (provider !== 'asana') return undefined;
  const comments = commentsOf(workspace, 'asana/src/api/*.js');
  return { needs: 'each', of: new Map(comments.flatMap(asanaMethod)) };
}

const GOOGLE: Readonly<Record<string, string>> = {
  gmail: 'gmail',
  google_calendar: 'calendar',
  google_drive: 'drive',
  google_sheets: 'sheets',
};

/** Actions whose scopes do not do for the operation they stand for. */
export function shortActions(
  { id, actions }: Provider,
  entries: Entries<string>,
  { needs, of }: OperationScopes,
): readonly string[] {
  if (of.size === 0) return [`${id}: its vendor's package says of no operation which scopes it takes`];
  return actions.flatMap(({ name, scopes }) => {
    const entry = entries[name.slice(id.length + 1)];
    const operations = entry === undefined ? [] : operationsIn(entry);
    return operations.flatMap(operation => {
      const taken = of.get(operation.split(':')[0] ?? operation) ?? [];
      const does = needs === 'each' ? taken.every(isNamed) : taken.length === 0 || taken.some(isNamed);
      return does ? [] : [`${name}: ${operation} takes ${needs} of ${taken.join(', ')}`];
    });

    function isNamed(scope: string): boolean {
      return scopes.includes(scope);
    }
  });
}

type Comment = { readonly file: string; readonly comment: string; readonly next: string };

/** Comments of the files, and the name that follows each. */
function commentsOf(workspace: string, files: string): readonly Comment[] {
  return globSync(join(workspace, 'node_modules', files)).flatMap(path =>
    [...readFileSync(path, 'utf8').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w*)/g)].map(
      ([, comment = '', next = '']) => ({ file: basename(path, '.js'), comment, next }),
    ),
  );
}

function asanaMethod({ file, comment, next }: Comment): readonly (readonly [string, readonly string[]])[] {
  const scopes = [...comment.matchAll(/code(?:>|&gt;)([a-z_.]+:[a-z]+)(?:<|&lt;)/g)].flatMap(
    ([, scope]) => scope ?? [],
  );
  return scopes.length === 0 ? [] : [[`${file}.${next}`, scopes]];
}

/** The example in the comment names its scopes and makes the call. */
function googleExample(comment: string): readonly (readonly [string, readonly string[]])[] {
  const [, operation] = /const res = await \w+\.([\w.]+)\(/.exec(comment) ?? [];
  const scopes = [...comment.matchAll(/'(https:\/\/(?:www\.googleapis\.com\/auth|mail\.google\.com)\/[\w.]*)'/g)];
  return operation === undefined ? [] : [[operation, scopes.flatMap(([, scope]) => scope ?? [])]];
}
