import type { EmulatedHooks } from '../providers/emulator.ts';
import type { Approvals } from './approvals.ts';
import type { Happening } from './happenings.ts';
import type { SheetRows } from './sheet-rows.ts';
import type { State } from './state.ts';
import type { TokenBook } from './tokens.ts';

/** What every emulated provider is given. */
export interface SandboxContext {
  state: State;
  book: TokenBook;
  approvals: Approvals;
  now: () => Date;
  fetch: typeof fetch;
  /** Webhooks made through the provider's API. */
  hooks(provider: string): EmulatedHooks;
  /** What happened at the vendors, the oldest first; grows. */
  happenings: readonly Happening[];
  sheets: SheetRows;
  /** Writes the state file, if there is one. */
  save(): void;
  /** Base URL of a provider at the gate, without a trailing slash. */
  base(provider: string): string;
  /** Base URL of the service's edge, once it is known. */
  edge(): string | undefined;
  isRegistered(redirect: URL): boolean;
}

/** The part of it that vendors played by declaration need. */
export type EmulatedContext = Pick<SandboxContext, 'book' | 'approvals' | 'now' | 'fetch' | 'base' | 'isRegistered'>;
