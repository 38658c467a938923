import { openBroughtCheck } from '../faults/check.ts';
import type { Fault } from '../faults/fault.ts';
import type { Provider } from '../providers/provider.ts';
import { buildProvider } from './build.ts';
import { flawsOf } from './check.ts';
import type { Manifest } from './manifest.ts';
import type { Problem } from './problem.ts';
import { type ManifestReader, openReader } from './read.ts';

/** What a manifest is read and checked with. Made once: it takes longer than to read one. */
export type Surroundings = {
  readonly read: ManifestReader;
  readonly faultsOf: (provider: Provider) => readonly Fault[];
  /** What is wrong with the operator's settings for it. */
  readonly settingsProblems: (provider: Provider) => readonly string[];
};

/** `present`: the providers that there are already. */
export function openSurroundings(
  present: readonly Provider[],
  settingsProblems: Surroundings['settingsProblems'] = () => [],
): Surroundings {
  return { read: openReader(), faultsOf: openBroughtCheck(present), settingsProblems };
}

/** The provider that a manifest declares, or everything that is wrong with it. */
export function loadManifest(file: string, text: string, around: Surroundings): Provider | readonly Problem[] {
  const read = around.read(file, text);
  if (!('manifest' in read)) return read;
  const { manifest, lineOf } = read;
  const place = (path: Problem['path'], message: string): Problem => ({ file, line: lineOf(path), path, message });
  const expected = file.replace(/\.yaml$/, '');
  const misnamed =
    manifest.id === expected
      ? []
      : [place(['id'], `must be ${expected}, as the file is called; or rename the file to ${manifest.id}.yaml`)];
  const flaws = [...misnamed, ...flawsOf(manifest).map(({ path, message }) => place(path, message))];
  if (flaws.length > 0) return flaws;
  const provider = buildProvider(manifest);
  const faults = around.faultsOf(provider);
  if (faults.length > 0) return faults.map(fault => place(manifestPath(manifest, fault), fault.message));
  const settings = around.settingsProblems(provider);
  return settings.length > 0 ? settings.map(message => place([], message)) : provider;
}

const NAMES: Readonly<Record<string, string>> = {
  eventTypes: 'event_types',
  eventType: 'event_type',
  credentialEndpoints: 'credential_endpoints',
  payloadSchema: 'payload_schema',
  inputSchema: 'input_schema',
  outputSchema: 'output_schema',
  dependsOn: 'depends_on',
};

/** Where the manifest says what is wrong with the provider made of it. */
function manifestPath({ connect }: Manifest, { path }: Pick<Fault, 'path'>): Problem['path'] {
  if (path[0] === 'webhook') return ['webhook', 'secret_field'];
  const method = path[0] === 'connect' ? connect[Number(path[1])] : undefined;
  if (method !== undefined && (path[2] === 'schema' || path[2] === 'settings')) {
    const [part, fields = []] =
      method.kind === 'oauth2' ? (['settings', method.settings] as const) : (['fields', method.fields] as const);
    const index = fields.findIndex(({ name }) => name === path[4]);
    return index < 0 ? ['connect', Number(path[1]), part] : ['connect', Number(path[1]), part, index];
  }
  // Inside a schema the names are the schema's own.
  const end = path.findIndex(part => part === 'payloadSchema' || part === 'inputSchema' || part === 'outputSchema');
  return path.map((part, index) => (end >= 0 && index > end ? part : (NAMES[part] ?? part)));
}
