import type { Emulator } from '../../providers/emulator.ts';
import type { JsonSchema, Provider } from '../../providers/provider.ts';
import { opaque } from '../secrets.ts';

/** What an emulated vendor and its customers know: the operator's app, and each form filled in. */
export interface EmulatedSecrets {
  app: Record<string, string>;
  forms: Record<string, Record<string, string>>;
}

/** Those of before, with whatever a newer manifest asks for beside them. */
export function emulatedSecrets(
  provider: Provider,
  emulator: Emulator,
  before: EmulatedSecrets = { app: {}, forms: {} },
): EmulatedSecrets {
  const fields = Object.entries((provider.app?.schema.properties ?? {}) as Record<string, JsonSchema>);
  const random = fields
    .filter(([name, field]) => field.writeOnly === true || name === 'client_id')
    .map(([name]) => [name, opaque(32)]);
  const forms = Object.entries(emulator.forms ?? {}).map(([kind, fill]) => [
    kind,
    { ...fill(opaque), ...before.forms[kind] },
  ]);
  return {
    app: { ...Object.fromEntries(random), ...emulator.app?.(opaque), ...before.app },
    forms: Object.fromEntries(forms),
  };
}
