import type { Command } from 'commander';
import { type LoadedFile, loadDirectory } from '../manifests/load.ts';
import { openSurroundings } from '../manifests/load_file.ts';
import { problemText } from '../manifests/problem.ts';
import { manifestSchema } from '../manifests/schema.ts';
import { loadPlatform } from '../platform.ts';
import { providers as builtIn } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import { UsageError } from './failure.ts';
import { printable } from './table.ts';

/** Manifests of MOBIUS_PROVIDERS_DIR, looked at as the service does at its start. */
export function addManifestCommands(providers: Command): void {
  providers
    .command('check')
    .description('check the manifests of a directory, and say what is wrong by file, line and field')
    .argument('<dir>', 'the directory, as MOBIUS_PROVIDERS_DIR names it')
    .option('--platform-file <file>', 'a platform file whose settings for them are checked too')
    .action(async (directory: string, { platformFile }: { platformFile?: string }) => {
      const platform = loadPlatform(platformFile, builtIn, 'LATER');
      const settingsProblems = (provider: Provider): readonly string[] =>
        platform.problemsOf(provider).map(text => `the platform file: ${text}`);
      const around = openSurroundings(builtIn, settingsProblems);
      const files = await loadDirectory(directory, new Map(), around).catch((error: NodeJS.ErrnoException) => {
        throw new UsageError(`${directory}: cannot be listed (${error.code ?? error.message})`);
      });
      for (const [name, file] of files) process.stdout.write(linesOf(name, file));
      const bad = [...files.values()].filter(({ problems }) => problems.length > 0).length;
      if (bad > 0) throw new Error(`${bad} of ${files.size} manifests would be left out`);
      if (files.size === 0) throw new UsageError(`${directory}: there is no <id>.yaml`);
    });

  providers
    .command('schema')
    .description('print the JSON Schema of manifests, for editors')
    .action(() => void process.stdout.write(`${JSON.stringify(manifestSchema, null, 2)}\n`));
}

function linesOf(name: string, { provider, problems }: LoadedFile): string {
  if (provider === undefined) return problems.map(problem => `${printable(problemText(problem))}\n`).join('');
  const { connect, eventTypes, actions, references } = provider;
  const ways = connect.map(({ authKind }) => authKind).join(', ');
  return `${name}: ok: ${ways}; ${eventTypes.length} event types, ${actions.length} actions, ${references.length} reference types\n`;
}
