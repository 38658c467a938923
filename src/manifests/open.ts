import type { Logger } from 'pino';
import { watchDirectory } from '../directory_watch.ts';
import type { Provider } from '../providers/provider.ts';
import { type LoadedFile, type LoadedFiles, loadDirectory } from './load.ts';
import { openSurroundings, type Surroundings } from './load_file.ts';
import { problemText } from './problem.ts';

/** The manifests of a directory, followed while the service runs. */
export type Manifests = {
  /** The providers in force: of each manifest as it is, or as it last was good. */
  readonly providers: () => readonly Provider[];
  /** How many are in force, and how many files are left out or older than they are now. */
  readonly count: () => { readonly loaded: number; readonly refused: number };
  /** Reads anew after each change, and calls back where other providers are in force then. Returns the way to stop. */
  readonly follow: (onChange: (providers: readonly Provider[]) => void) => () => void;
};

type Context = Pick<Surroundings, 'settingsProblems'> & {
  readonly present: readonly Provider[];
  readonly log: Pick<Logger, 'info' | 'error'>;
};

/** Throws where the directory cannot be listed; a manifest that is bad is left out and told. */
export async function openManifests(
  directory: string,
  { log, present, settingsProblems }: Context,
): Promise<Manifests> {
  const surroundings = openSurroundings(present, settingsProblems);
  let files: LoadedFiles = await loadDirectory(directory, new Map(), surroundings);
  report(log, new Map(), files);
  const providers = (): readonly Provider[] => [...files.values()].flatMap(({ provider }) => provider ?? []);
  return {
    providers,
    count: () => {
      const refused = [...files.values()].filter(({ problems }) => problems.length > 0).length;
      return { loaded: providers().length, refused };
    },
    follow: onChange => {
      const reload = async (): Promise<void> => {
        const before = files;
        const inForce = providers();
        try {
          files = await loadDirectory(directory, before, surroundings);
        } catch (err) {
          log.error({ err, directory }, 'the manifests cannot be listed, those before stay in force');
          return;
        }
        report(log, before, files);
        const now = providers();
        if (now.length !== inForce.length || now.some((provider, index) => provider !== inForce[index])) onChange(now);
      };
      return watchDirectory(directory, reload, err =>
        log.error({ err, directory }, 'the manifests are no longer watched, only polled'),
      );
    },
  };
}

/** Tells what became of each file that changed. */
function report(log: Context['log'], before: LoadedFiles, files: LoadedFiles): void {
  for (const [file, now] of files) {
    const known = before.get(file);
    const problems = textsOf(now);
    if (known !== undefined && known.hash === now.hash && textsOf(known).join() === problems.join()) continue;
    if (problems.length === 0) log.info({ file, provider: now.provider?.id }, 'provider manifest in force');
    else {
      const left = now.provider === undefined ? 'left out' : 'refused, the one before stays in force';
      log.error({ file, problems }, `provider manifest ${left}`);
    }
  }
  for (const [file, { provider }] of before) {
    if (!files.has(file)) log.info({ file, provider: provider?.id }, 'provider manifest gone');
  }
}

const textsOf = ({ problems }: LoadedFile): readonly string[] => problems.map(problemText);
