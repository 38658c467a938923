import type { Emulator, Random } from '../../src/providers/emulator.ts';
import { providers } from '../../src/providers/index.ts';
import type { AuthKind, Provider } from '../../src/providers/provider.ts';
import { type Emulated, loadEmulator } from '../../src/sandbox/emulated/load.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { programmedFacts } from './programmed.ts';

/** What the walk must know of a provider and of the vendor that the sandbox plays. */
export type Facts = {
  readonly provider: Provider;
  /** Who the service must find; absent: it is not compared. */
  readonly account?: { readonly id: string; readonly label: string };
  /** What a person types, by auth kind. */
  readonly forms: Readonly<Partial<Record<AuthKind, Readonly<Record<string, string>>>>>;
  readonly pickers: Readonly<Record<string, Picker>>;
  /** What the person at the consent page decides beside yes. */
  readonly consent?: { readonly refresh: boolean };
  readonly request?: Emulator['request'];
  /** Deliveries to try: the sandbox's word for the event, and the event type that the service must make of it. */
  readonly deliveries: readonly { readonly event: string; readonly eventType: string }[];
  /** Whether deliveries hold nothing, and what they tell of is read. */
  readonly rings: boolean;
  readonly refresh: 'ROTATING' | 'REUSABLE' | 'NONE';
  /** A signing secret of a stranger, where it has a form of its own. */
  readonly strange?: (random: Random) => string;
};

export type Picker = {
  /** All that must be found, in any order; absent: something must be. */
  readonly values?: readonly string[];
  readonly dependsOn?: Readonly<Record<string, string>>;
  readonly q?: string;
  readonly authKind?: AuthKind;
};

export async function factsOf(sandbox: Sandbox): Promise<readonly Facts[]> {
  const programmed = programmedFacts(sandbox);
  return await Promise.all(
    providers.map(async provider => {
      const emulator = await loadEmulator(provider);
      if (emulator !== undefined) return emulatedFacts({ provider, emulator }, sandbox);
      const bare = { pickers: {}, deliveries: [], ...programmed[provider.id] };
      return { provider, forms: formsOf(provider, sandbox), rings: false, refresh: refreshOf(provider), ...bare };
    }),
  );
}

export function emulatedFacts({ provider, emulator }: Emulated, sandbox: Pick<Sandbox, 'offers'>): Facts {
  const { accounts, deliveries, references = {}, request } = emulator;
  const [account] = accounts;
  return {
    provider,
    forms: formsOf(provider, sandbox),
    refresh: refreshOf(provider),
    ...(account !== undefined && account.id !== '' && { account: { id: account.id, label: account.label } }),
    pickers: references,
    ...(request !== undefined && { request }),
    deliveries:
      deliveries === undefined
        ? []
        : (provider.samples ?? []).map(({ eventType }) => ({ event: eventType, eventType })),
    rings: deliveries?.rings === true,
    ...(deliveries?.strange !== undefined && { strange: deliveries.strange }),
  };
}

function formsOf({ id }: Provider, { offers }: Pick<Sandbox, 'offers'>): Facts['forms'] {
  return offers.find(({ provider }) => provider.id === id)?.forms ?? {};
}

function refreshOf(provider: Provider): Facts['refresh'] {
  const redirect = provider.connect.find(({ mode }) => mode === 'OAUTH_REDIRECT');
  return redirect?.mode === 'OAUTH_REDIRECT' ? redirect.refresh : 'NONE';
}
