import type { EmulatedHook, EmulatedHooks } from '../providers/emulator.ts';

/** As they are kept over restarts. */
export type StoredHook = Omit<EmulatedHook, 'expireTime'> & { readonly expireTime?: string | Date };

/** Webhooks made through an emulated vendor's API: they stand until they are removed or expire. */
export function openHooks(
  now: () => Date,
  stored: readonly StoredHook[] = [],
  changed: (hooks: readonly EmulatedHook[]) => void = () => undefined,
): EmulatedHooks {
  const hooks = new Map<string, EmulatedHook>(
    stored.map(({ expireTime, ...hook }) => [
      hook.id,
      { ...hook, ...(expireTime !== undefined && { expireTime: new Date(expireTime) }) },
    ]),
  );
  const stands = (hook: EmulatedHook): boolean => hook.expireTime === undefined || hook.expireTime > now();
  return {
    add: hook => {
      hooks.set(hook.id, hook);
      changed([...hooks.values()]);
    },
    all: () => [...hooks.values()].filter(stands),
    find: id => {
      const hook = hooks.get(id);
      return hook !== undefined && stands(hook) ? hook : undefined;
    },
    remove: id => {
      const stood = hooks.delete(id);
      if (stood) changed([...hooks.values()]);
      return stood;
    },
  };
}
