import type { Command } from 'commander';
import { addProviderTest } from './providers_test.ts';

/** For who adds providers: these commands talk to no service. */
export function addProviderCommands(program: Command): void {
  const providers = program.command('providers').description('what writers of providers need; no service is asked');
  addProviderTest(providers);
}
