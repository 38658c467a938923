import type { Command } from 'commander';
import { addManifestCommands } from './providers_check.ts';
import { addProviderNew } from './providers_new.ts';
import { addProviderTest } from './providers_test.ts';

/** For who adds providers: these commands talk to no service. */
export function addProviderCommands(program: Command): void {
  const providers = program.command('providers').description('what writers of providers need; no service is asked');
  addProviderNew(providers);
  addProviderTest(providers);
  addManifestCommands(providers);
}
