import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** What a file of events/ or operations/ takes from a vendor's packages. */
export type Vocabulary = {
  /** For example `slack operations`. */
  readonly title: string;
  readonly packages: readonly string[];
  /** The vendor's names. */
  readonly names: ReadonlySet<string>;
  /** Those of them that we have. */
  readonly ours: ReadonlySet<string>;
};

const KINDS = [
  { folder: 'events', alias: 'EventName' },
  { folder: 'operations', alias: 'Operation' },
] as const;

/** Reads the vocabularies of a copy of the workspace, by title. The compiler unfolds them, so both versions are read alike. */
export function vocabulariesIn(workspace: string): ReadonlyMap<string, Vocabulary> {
  const files = KINDS.flatMap(({ folder, alias }) =>
    globSync(`${folder}/*.ts`, { cwd: workspace }).map(path => ({ path: join(workspace, path), folder, alias })),
  );
  const program = ts.createProgram(
    files.map(({ path }) => path),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ESNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  const found = files.flatMap(({ path, folder, alias }) => {
    const source = program.getSourceFile(path);
    const module = source && checker.getSymbolAtLocation(source);
    if (source === undefined || module === undefined) return [];
    const exported = new Map(checker.getExportsOfModule(module).map(symbol => [symbol.name, symbol]));
    const vendors = exported.get(alias);
    if (vendors === undefined) return [];
    const ours = exported.get('Ours');
    const title = `${basename(path, '.ts')} ${folder}`;
    const vocabulary: Vocabulary = {
      title,
      packages: packagesOf(source),
      names: literals(checker.getDeclaredTypeOfSymbol(vendors)),
      ours: ours === undefined ? new Set() : literals(checker.getDeclaredTypeOfSymbol(ours)),
    };
    return [[title, vocabulary] as const];
  });
  return new Map(found);
}

function literals(type: ts.Type): ReadonlySet<string> {
  const members = type.isUnion() ? type.types : [type];
  return new Set(members.flatMap(member => (member.isStringLiteral() ? [member.value] : [])));
}

/** The packages it imports, without what is inside them. */
function packagesOf(source: ts.SourceFile): readonly string[] {
  const names = source.statements
    .filter(ts.isImportDeclaration)
    .map(({ moduleSpecifier }) => moduleSpecifier)
    .filter(ts.isStringLiteral)
    .map(({ text }) => /^(@[^/]+\/)?[^./][^/]*/.exec(text)?.[0])
    .filter(name => name !== undefined);
  return [...new Set(names)];
}
