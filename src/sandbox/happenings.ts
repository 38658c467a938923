import type { EmulatedHook } from '../providers/emulator.ts';
import type { SandboxContext } from './context.ts';

/** Something done at a vendor, by whoever. */
export interface Wish {
  /** In the vendor's words, as {@link Delivery.event}. */
  event: string;
  /** Name of the emulated account; the first one when absent. */
  account?: string;
  /** What it is in: a repository's full name. The first one when absent. */
  target?: string;
  /** What it is about, to go on with: the `id` of an earlier happening's object. A new one when absent. */
  object?: string;
}

/** What was done: the vendor tells it to the webhooks that stand, and its lists have it from then on. */
export interface Happening {
  provider: string;
  account: string;
  target: string;
  event: string;
  time: Date;
  /** The vendor's object as it is after it. */
  object: Readonly<Record<string, unknown>> & { readonly id: string | number };
  /** The webhook's body. */
  body: Readonly<Record<string, unknown>>;
}

export interface Told {
  happening: Happening;
  /** One a webhook that was told: its id, and the status it answered; 0 where it could not be reached. */
  deliveries: readonly { hook: string; status: number }[];
}

/** How a vendor lets things happen. */
export interface Happener {
  happen(wish: Wish, context: SandboxContext): Happening;
  /** Whether the webhook is for it. */
  reaches(hook: EmulatedHook, happening: Happening): boolean;
}

/** The last state of each object that something happened to, the one that changed first being the first. */
export function objectsOf(
  context: SandboxContext,
  wanted: (happening: Happening) => boolean,
): readonly Happening['object'][] {
  const objects = new Map<string | number, Happening['object']>();
  for (const { object, ...rest } of context.happenings) {
    if (!wanted({ object, ...rest })) continue;
    objects.delete(object.id);
    objects.set(object.id, object);
  }
  return [...objects.values()];
}
