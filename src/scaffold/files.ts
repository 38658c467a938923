import type { Answers } from './answers.ts';
import { actionsFile } from './templates/actions.ts';
import { authFile } from './templates/auth.ts';
import { emulatorFile } from './templates/emulator.ts';
import { eventsFile } from './templates/events.ts';
import { fixturesFile } from './templates/fixtures.ts';
import { manifestFile } from './templates/manifest.ts';
import { referencesFile } from './templates/references.ts';

/** A file of the new provider's folder. */
export type SourceFile = { readonly name: string; readonly text: string };

/** Those that the answers call for, not yet formatted. */
export function filesOf(answers: Answers): readonly SourceFile[] {
  const all = {
    'index.ts': manifestFile(answers),
    'auth.ts': authFile(answers),
    'events.ts': eventsFile(answers),
    'actions.ts': actionsFile(answers),
    'references.ts': referencesFile(answers),
    'emulator.ts': emulatorFile(answers),
    'fixtures/cases.ts': fixturesFile(answers),
  };
  return Object.entries(all).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]));
}
