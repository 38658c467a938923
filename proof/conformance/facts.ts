import type { Emulator } from '../../src/providers/emulator.ts';
import { providers } from '../../src/providers/index.ts';
import type { AuthKind, Provider } from '../../src/providers/provider.ts';
import { loadEmulator } from '../../src/sandbox/emulated/load.ts';
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
      const bare = { pickers: {}, deliveries: [], ...programmed[provider.id] };
      const forms = sandbox.offers.find(offer => offer.provider === provider)?.forms ?? {};
      const refresh = refreshOf(provider);
      return {
        provider,
        forms,
        rings: false,
        refresh,
        ...(emulator === undefined ? bare : emulatedFacts(provider, emulator)),
      };
    }),
  );
}

function emulatedFacts(provider: Provider, emulator: Emulator) {
  const [account] = emulator.accounts;
  return {
    ...(account !== undefined && { account: { id: account.id, label: account.label } }),
    pickers: emulator.references ?? {},
    ...(emulator.request !== undefined && { request: emulator.request }),
    deliveries:
      emulator.deliveries === undefined
        ? []
        : (provider.samples ?? []).map(({ eventType }) => ({ event: eventType, eventType })),
    rings: emulator.deliveries?.rings === true,
  };
}

function refreshOf(provider: Provider): Facts['refresh'] {
  const redirect = provider.connect.find(({ mode }) => mode === 'OAUTH_REDIRECT');
  return redirect?.mode === 'OAUTH_REDIRECT' ? redirect.refresh : 'NONE';
}
