import type { EmulatedAccount, EmulatedHook, EmulatedHooks } from '../../providers/emulator.ts';
import type { SandboxContext } from '../context.ts';
import type { Composed, Delivery } from '../deliveries.ts';
import type { Emulation } from '../http.ts';
import { composeEmulated } from './compose.ts';
import type { Emulated } from './load.ts';
import { playEmulator } from './play.ts';
import { emulatedSecrets } from './secrets.ts';

/** What set-up and tests need to know of a vendor that plays by declaration. */
export interface EmulatedSeed {
  /** The operator's app by field. */
  app: Readonly<Record<string, string>>;
  /** By auth kind, the form filled in: secrets and settings. */
  forms: Readonly<Record<string, Readonly<Record<string, string>>>>;
  accounts: readonly EmulatedAccount[];
}

/** The vendors that play by declaration. */
export interface EmulatedStage {
  emulations: readonly Emulation[];
  emulated: readonly Emulated[];
  seeds: Readonly<Record<string, EmulatedSeed>>;
  hooks(provider: string): EmulatedHooks | undefined;
  /** Undefined: this provider does not play by declaration. */
  compose(
    provider: string,
    delivery: Delivery,
    target: { url: string; time: Date; hook?: EmulatedHook },
  ): Composed | undefined;
}

export async function openEmulatedStage(
  context: SandboxContext,
  emulated: readonly Emulated[],
): Promise<EmulatedStage> {
  const { state } = context;
  const players = emulated.map(({ provider, emulator }) => {
    const secrets = emulatedSecrets(provider, emulator, state.emulated[provider.id]);
    state.emulated[provider.id] = secrets;
    return { provider, emulator, secrets, hooks: context.hooks(provider.id) };
  });
  const byId = new Map(players.map(player => [player.provider.id, player]));
  const emulations = await Promise.all(
    players.map(({ provider, emulator, secrets, hooks }) => playEmulator(provider, emulator, secrets, hooks, context)),
  );
  context.save();
  return {
    emulations,
    emulated,
    seeds: Object.fromEntries(
      players.map(({ provider, emulator, secrets }) => [provider.id, { ...secrets, accounts: emulator.accounts }]),
    ),
    hooks: provider => byId.get(provider)?.hooks,
    compose(id, delivery, target) {
      const player = byId.get(id);
      return player && composeEmulated(player.provider, player.emulator, player.secrets, delivery, target);
    },
  };
}
