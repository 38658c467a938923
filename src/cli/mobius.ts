import { Command, CommanderError } from 'commander';
import { addAuditCommands } from './audit.ts';
import { addCatalogCommands } from './catalog.ts';
import { addEventCommands } from './events.ts';
import { describeFailure, exitStatusOf, usageStatus } from './failure.ts';
import { addIntegrationCommands } from './integrations.ts';
import { addKeyCommands } from './keys.ts';
import { addProviderCommands } from './providers.ts';
import { addReferenceCommands } from './references.ts';
import { addSessionOptions } from './session.ts';

/** The `mobius` command. Exit status: 0, the gRPC code of the server's answer (1 to 16), or 64 for a wrong command line. */
async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));
  const program = new Command('mobius')
    .description('Mobius integrations: connections, catalog, events, references and audit of a project')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mobius: ')) });
  addSessionOptions(program);
  addCatalogCommands(program);
  addIntegrationCommands(program);
  addEventCommands(program);
  addReferenceCommands(program);
  addAuditCommands(program);
  addKeyCommands(program);
  addProviderCommands(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : usageStatus;
      return;
    }
    process.stderr.write(`mobius: ${describeFailure(error)}\n`);
    process.exitCode = exitStatusOf(error);
  }
}

await main();
