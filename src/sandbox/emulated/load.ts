import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadDirectory } from '../../manifests/load.ts';
import { openSurroundings } from '../../manifests/load_file.ts';
import type { Emulator } from '../../providers/emulator.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';

export type Emulated = { readonly provider: Provider; readonly emulator: Emulator };

/** The providers that lay an emulator beside themselves. */
export async function loadEmulators(): Promise<readonly Emulated[]> {
  const found = await Promise.all(
    providers.map(async provider => {
      const emulator = await loadEmulator(provider);
      return emulator === undefined ? [] : [{ provider, emulator }];
    }),
  );
  return found.flat();
}

export async function loadEmulator({ id }: Provider): Promise<Emulator | undefined> {
  return await emulatorIn(new URL(`../../providers/${id}/emulator.ts`, import.meta.url));
}

/** The providers that a directory's manifests declare, of which a file `<id>.emulator.ts` beside them plays the vendor. */
export async function loadBrought(directory: string): Promise<readonly Emulated[]> {
  const files = await loadDirectory(directory, new Map(), openSurroundings(providers));
  const found = [...files.values()].map(async ({ provider }) => {
    const emulator = provider && (await emulatorIn(pathToFileURL(join(directory, `${provider.id}.emulator.ts`))));
    return provider === undefined || emulator === undefined ? [] : [{ provider, emulator }];
  });
  return (await Promise.all(found)).flat();
}

async function emulatorIn(file: URL): Promise<Emulator | undefined> {
  if (!existsSync(file)) return undefined;
  return ((await import(file.href)) as { emulator: Emulator }).emulator;
}
