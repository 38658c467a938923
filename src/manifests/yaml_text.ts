import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

type Path = readonly (string | number)[];

/** A YAML text as a value, and the line that each part of it stands on. */
export type YamlText = {
  readonly value: unknown;
  /** The line of what the path leads to, or of the last part of the way that there is. */
  readonly lineOf: (path: Path) => number;
};

type YamlProblem = { readonly line: number; readonly message: string };

/** More uses of an anchor than anybody writes by hand; a few lines can stand for gigabytes. */
const MAX_ALIASES = 100;

/** Reads one YAML 1.2 document, whose keys are texts and each there once. */
export function readYaml(text: string): YamlText | readonly YamlProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0)
    return problems.map(({ pos, message }) => ({ line: lineAt(pos[0]), message: `is not YAML: ${message}` }));
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, lineOf: path => lineAt(offsetOf(document, path)) };
  } catch {
    return [{ line: 1, message: `uses its anchors more than ${MAX_ALIASES} times; write the parts out` }];
  }
}

/** Where the path’s last part that is there begins: its key in a map, the item in a list. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (item === undefined) break;
      offset = startOf(item) ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
