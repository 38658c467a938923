import { stringify } from 'yaml';
import type { Provider } from '../providers/provider.ts';
import type { Sandbox } from '../sandbox/start.ts';

export type PlatformFile = {
  return_origins: string[];
  default_plan?: string;
  plans?: Record<string, { without?: string[] }>;
  projects?: Record<string, { plan: string }>;
  providers: Record<string, ProviderSettings>;
};

export type ProviderSettings = {
  disabled?: boolean;
  endpoints?: Record<string, string>;
  app?: Record<string, string>;
  credential?: Record<string, string>;
};

/** What the operator would set where the sandbox is the outside world: its addresses, our apps and keys there. */
export function platformOf(
  sandbox: Pick<Sandbox, 'seeds' | 'emulated' | 'rehost'>,
  providers: readonly Provider[],
): PlatformFile {
  const declared = Object.entries(sandbox.emulated).map(([id, { app }]) => [id, app] as const);
  const seeds: Readonly<Record<string, Seed>> = { ...sandbox.seeds, ...Object.fromEntries(declared) };
  const settings = providers.flatMap((provider): [string, ProviderSettings][] => {
    const seed = seeds[provider.id];
    return seed === undefined ? [] : [[provider.id, settingsOf(provider, seed, sandbox.rehost)]];
  });
  return {
    return_origins: ['http://127.0.0.1', 'http://localhost', 'http://127.0.0.1:3000', 'http://localhost:3000'],
    providers: Object.fromEntries(settings),
  };
}

export function platformText(file: PlatformFile): string {
  return `# Made at each start from what the sandbox seeds; set MOBIUS_PLATFORM_FILE to a file of your own.\n${stringify(file)}`;
}

type Seed = Readonly<Record<string, unknown>>;
type Fields = { readonly required?: readonly string[]; readonly properties?: Readonly<Record<string, Seed>> };

function settingsOf(provider: Provider, seed: Seed, rehost: Sandbox['rehost']): ProviderSettings {
  const app = provider.app && pick(provider.app.schema as Fields, seed);
  const { platformKey } = seed;
  return {
    ...(Object.keys(provider.endpoints).length > 0 && { endpoints: rehost(provider.id, provider.endpoints) }),
    ...(app && { app }),
    ...(typeof platformKey === 'string' && { credential: { [keyField(provider)]: platformKey } }),
  };
}

/** The seeds that the schema has a field for: `clientId` fills `client_id`. */
function pick({ required = [], properties = {} }: Fields, seed: Seed): Record<string, string> {
  const named = new Map(
    Object.entries(seed).map(([name, value]) => [name.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`), value]),
  );
  const found = Object.keys(properties).flatMap((name): [string, string][] => {
    const value = named.get(name);
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
  });
  const missing = required.filter(name => !found.some(([field]) => field === name));
  if (missing.length > 0) throw new Error(`the sandbox seeds no ${missing.join(', ')}`);
  return Object.fromEntries(found);
}

/** The field a platform key goes into: the one secret that the provider's inline credential of that kind requires. */
function keyField(provider: Provider): string {
  for (const method of provider.connect) {
    if (!('schema' in method) || method.authKind !== provider.platformCredential?.authKind) continue;
    const { required = [], properties = {} } = method.schema as Fields;
    const field = required.find(name => properties[name]?.writeOnly === true);
    if (field !== undefined) return field;
  }
  throw new Error(`${provider.id} takes no platform key`);
}
