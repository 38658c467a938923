import type { Entries } from './entry.ts';
import { operations as slack } from './slack.ts';

/** By provider: the operation that each action stands for, by the action's name without the provider. */
export const operationsOf: Readonly<Record<string, Entries<string>>> = {
  slack,
};
