import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Provider } from '../providers/provider.ts';
import { loadManifest, type Surroundings } from './load_file.ts';
import type { Problem } from './problem.ts';

/** A file of the directory as it was last read. */
export type LoadedFile = {
  /** Of the text; empty where it could not be read. */
  readonly hash: string;
  /** The provider in force: of this text, or of the last one that was good. */
  readonly provider: Provider | undefined;
  /** What is wrong with this text. */
  readonly problems: readonly Problem[];
};

export type LoadedFiles = ReadonlyMap<string, LoadedFile>;

const MAX_FILES = 200;
const MAX_FILE_BYTES = 512 * 1024;

/**
 * Reads the directory's manifests. What did not change is not read anew and stays the same value; what is bad now keeps what
 * was good before. Throws where the directory cannot be listed.
 */
export async function loadDirectory(
  directory: string,
  before: LoadedFiles,
  around: Surroundings,
): Promise<LoadedFiles> {
  const names = (await readdir(directory)).filter(name => /\.ya?ml$/.test(name) && !name.startsWith('.')).toSorted();
  const loaded = new Map<string, LoadedFile>();
  for (const [index, name] of names.entries()) {
    const known = before.get(name);
    const read = index < MAX_FILES ? await readText(join(directory, name)) : tooMany(names.length);
    if ('gone' in read) continue;
    if (known !== undefined && known.hash === read.hash && known.hash !== '') loaded.set(name, known);
    else loaded.set(name, loadText(name, read, known, around));
    // Schemas are compiled meanwhile: calls wait for one file, not for all.
    await setImmediate();
  }
  return loaded;
}

type Text = { readonly hash: string; readonly text: string } | { readonly hash: ''; readonly message: string };

function loadText(name: string, read: Text, known: LoadedFile | undefined, around: Surroundings): LoadedFile {
  const whole = (message: string): readonly Problem[] => [{ file: name, line: 1, path: [], message }];
  const result = !name.endsWith('.yaml')
    ? whole('must be called <id>.yaml')
    : 'message' in read
      ? whole(read.message)
      : loadManifest(name, read.text, around);
  return 'id' in result
    ? { hash: read.hash, provider: result, problems: [] }
    : { hash: read.hash, provider: known?.provider, problems: result };
}

/** Gone: taken away since it was listed, or a link that a ConfigMap’s next version leads nowhere. */
async function readText(path: string): Promise<Text | { readonly gone: true }> {
  try {
    // A pipe would be waited for.
    if (!(await stat(path)).isFile()) return { hash: '', message: 'is not a file' };
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) return { hash: '', message: `is larger than ${MAX_FILE_BYTES / 1024} KiB` };
    const bytes = await file.readFile();
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { hash: createHash('sha256').update(bytes).digest('hex'), text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { gone: true };
    return { hash: '', message: error instanceof TypeError ? 'is not UTF-8' : `cannot be read (${code ?? 'unknown'})` };
  }
}

function tooMany(count: number): Text {
  return { hash: '', message: `is one of ${count} files; ${MAX_FILES} are the most` };
}
