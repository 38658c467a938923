import { type CatalogIndex, indexCatalog } from './catalog_index.ts';
import type { Provider } from './provider.ts';

/** The catalog in force. Every read answers from the list of that moment; what was read stays whole. */
export type LiveCatalog = CatalogIndex & {
  /** Another number after each new list. */
  readonly version: number;
  /** Puts another list in force, all of it at once. */
  readonly replace: (providers: readonly Provider[]) => void;
  /** Calls back after each new list came into force. Returns the way to stop that. */
  readonly onChange: (listener: () => void) => () => void;
};

export function openCatalog(providers: readonly Provider[]): LiveCatalog {
  let current = indexCatalog(providers);
  let version = 1;
  const listeners = new Set<() => void>();
  return {
    get version() {
      return version;
    },
    get providers() {
      return current.providers;
    },
    get sorted() {
      return current.sorted;
    },
    provider: id => current.provider(id),
    action: name => current.action(name),
    eventType: name => current.eventType(name),
    referenceType: name => current.referenceType(name),
    replace: next => {
      current = indexCatalog(next);
      version++;
      for (const listener of listeners) listener();
    },
    onChange: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
