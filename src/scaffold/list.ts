import { ScaffoldError } from './checkout.ts';
import { constantOf } from './ids.ts';

/** The list of providers with one more at its end; the formatter puts the import in its place. */
export function withEntry(list: string, id: string): string {
  const end = list.lastIndexOf('\n];');
  const before = list.lastIndexOf('\nimport ', end) + 1;
  if (end < 0 || before < 1 || !list.includes('export const providers')) {
    throw new ScaffoldError(
      'src/providers/index.ts: expected imports and then the list `providers`; nothing is written',
    );
  }
  const constant = constantOf(id);
  const added = `import { ${constant} } from './${id}/index.ts';\n`;
  return `${list.slice(0, before)}${added}${list.slice(before, end)}\n  ${constant},${list.slice(end)}`;
}
