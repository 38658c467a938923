import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Answers } from './answers.ts';
import { type Checkout, ScaffoldError } from './checkout.ts';
import { filesOf, type SourceFile } from './files.ts';
import { formatSource } from './format.ts';
import { withEntry } from './list.ts';

/** What is to be written, all of it made before anything is. Paths are from the checkout's root. */
export type Plan = {
  readonly folder: string;
  readonly files: readonly SourceFile[];
  readonly list: SourceFile;
};

export function planProvider(checkout: Checkout, answers: Answers): Plan {
  const folder = `src/providers/${answers.id}`;
  // The formatter passes by fixtures, and these are as long as the rest.
  const files = filesOf(answers).map(({ name, text }) => ({
    name,
    text: formatSource(checkout, `${folder}/${name.replace('fixtures/', '')}`, text),
  }));
  const name = 'src/providers/index.ts';
  const list = withEntry(readFileSync(join(checkout.root, name), 'utf8'), answers.id);
  return { folder, files, list: { name, text: formatSource(checkout, name, list) } };
}

/** Writes the folder and then the list. Where one fails, neither is there. */
export function writePlan({ root, providers }: Checkout, { folder, files, list }: Plan): void {
  const target = join(root, folder);
  if (existsSync(target)) throw new ScaffoldError(`${folder} is there, and nothing is overwritten`);
  const draft = mkdtempSync(join(providers, '.new-'));
  let made: string | undefined = draft;
  try {
    for (const { name, text } of files) {
      mkdirSync(dirname(join(draft, name)), { recursive: true });
      writeFileSync(join(draft, name), text);
    }
    renameSync(draft, target);
    made = target;
    replaceFile(join(root, list.name), list.text);
    made = undefined;
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  }
}

/** Whole or not at all. */
function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
