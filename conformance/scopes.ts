import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../src/providers/provider.ts';

/** Where a vendor's packages write its scopes down, and how they stand there. */
type Source = {
  readonly packages: readonly string[];
  /** In each package. */
  readonly files: string;
  readonly read: (text: string) => readonly string[];
};

const google = (...apis: readonly string[]): Source => ({
  packages: apis.map(api => `@googleapis/${api}`),
  files: 'build/v*.d.ts',
  read: text => matches(text, /'(https:\/\/[\w.]+\/[\w./-]*)'/g),
});

/** Of other vendors no package that may be read here lists the scopes. */
export const sources: Readonly<Record<string, Source>> = {
  asana: {
    packages: ['asana'],
    files: 'src/api/*.js',
    read: text => matches(text, /<code>([a-z_.]+:[a-z]+)<|&lt;code&gt;([a-z_.]+:[a-z]+)&lt;/g),
  },
  github: { packages: ['@octokit/openapi-types'], files: 'types.d.ts', read: permissions },
  gitlab: {
    packages: ['@gitbeaker/core'],
    files: 'dist/index.d.ts',
    read: text => matches(/^type PersonalAccessTokenScopes = .*$/m.exec(text)?.[0] ?? '', /'(\w+)'/g),
  },
  gmail: google('gmail'),
  google_calendar: google('calendar'),
  google_drive: google('drive'),
  google_sheets: google('sheets', 'drive'),
  slack: {
    packages: ['@slack/web-api'],
    files: 'dist/types/request/manifest.d.ts',
    read: text => matches(/^type BotScope = .*$/m.exec(text)?.[0] ?? '', /'([\w.:]+)'/g),
  },
};

/** The scopes that a vendor's packages list, as a workspace has them. */
export function scopesIn(workspace: string, { packages, files, read }: Source): ReadonlySet<string> {
  const paths = packages.flatMap(name => globSync(join(workspace, 'node_modules', name, files)));
  return new Set(paths.flatMap(path => read(readFileSync(path, 'utf8'))));
}

/** Scopes that a provider names and its vendor has not. `known` answers undefined where nobody lists them. */
export function unheldScopes(
  providers: readonly Provider[],
  known: (provider: string) => ReadonlySet<string> | undefined,
): readonly string[] {
  return providers.flatMap(provider => {
    const listed = known(provider.id);
    return listed === undefined
      ? []
      : [...scopesOf(provider).difference(listed)].map(scope => `${provider.id}: its vendor lists no scope ${scope}`);
  });
}

/** What a provider's event types, actions and reference types name. */
export function scopesOf({ eventTypes, actions, references }: Provider): ReadonlySet<string> {
  return new Set([...eventTypes, ...actions, ...references].flatMap(({ scopes }) => scopes));
}

/** GitHub's are an app's permissions: `contents?: 'read' | 'write'` is contents:read and contents:write. */
function permissions(text: string): readonly string[] {
  const block = /^ {4}"app-permissions": \{\n([\s\S]*?)^ {4}\};/m.exec(text)?.[1] ?? '';
  return [...block.matchAll(/^ {6}(\w+)\?: ("[^;]+);/gm)].flatMap(([, name, levels]) =>
    matches(levels ?? '', /"(\w+)"/g).map(level => `${name}:${level}`),
  );
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.filter(group => group !== undefined));
}
