import { fileURLToPath } from 'node:url';
import { providers } from '../src/providers/index.ts';
import type { Provider } from '../src/providers/provider.ts';
import { loadBrought } from '../src/sandbox/emulated/load.ts';
import { casesOf, type ProviderCases } from './provider-cases.ts';

/** The example of a provider that people bring, and its vendor. */
export const examplesDir = fileURLToPath(new URL('../examples/providers', import.meta.url));

export type Cased = { readonly provider: Provider; readonly cases: ProviderCases };

/** Whatever the shared suites hold: the providers that have a folder, and the one that is a manifest. */
export async function casedProviders(): Promise<readonly Cased[]> {
  const brought = await loadBrought(examplesDir);
  const all = [...providers.map(provider => ({ provider, emulator: undefined })), ...brought];
  return await Promise.all(
    all.map(async ({ provider, emulator }) => ({ provider, cases: await casesOf(provider, emulator) })),
  );
}
