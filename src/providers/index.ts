import type { Provider } from './provider.ts';

/** Every provider, in the order people see. Adding one is an import and an entry. */
export const providers: readonly Provider[] = [];
