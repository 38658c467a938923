import { existsSync } from 'node:fs';
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
  const file = new URL(`../../providers/${id}/emulator.ts`, import.meta.url);
  if (!existsSync(file)) return undefined;
  return ((await import(file.href)) as { emulator: Emulator }).emulator;
}
