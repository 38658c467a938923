import type { Approvals } from './approvals.ts';
import type { State } from './state.ts';
import type { TokenBook } from './tokens.ts';

/** What every emulated provider is given. */
export interface SandboxContext {
  state: State;
  book: TokenBook;
  approvals: Approvals;
  now: () => Date;
  fetch: typeof fetch;
  /** Writes the state file, if there is one. */
  save(): void;
  /** Base URL of a provider at the gate, without a trailing slash. */
  base(provider: string): string;
  /** Base URL of the service's edge, once it is known. */
  edge(): string | undefined;
}
