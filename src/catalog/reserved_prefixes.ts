import type { CatalogIndex } from '../providers/catalog_index.ts';

export type ReservedPrefix = { readonly prefix: string; readonly kind: 'CAPABILITY' | 'UTILITY' };

/** Event namespaces of the product's other parts: their events are not from here. */
const CAPABILITIES = [
  'artifact',
  'automation',
  'http_trigger',
  'integration',
  'interaction',
  'run',
  'session',
  'signal',
];

/** Names that automation specs give to what they read from. */
const UTILITIES = ['event', 'inputs', 'meta', 'mobius'];

/** Whatever is listed in the catalog: none of them is a provider's to take. */
export const RESERVED_SEGMENTS: readonly string[] = [...CAPABILITIES, ...UTILITIES];

/** The first name segments that are known and trigger nothing, by name. */
export function reservedPrefixes(catalog: CatalogIndex): readonly ReservedPrefix[] {
  const all: ReservedPrefix[] = [
    ...CAPABILITIES.map(prefix => ({ prefix, kind: 'CAPABILITY' as const })),
    ...UTILITIES.map(prefix => ({ prefix, kind: 'UTILITY' as const })),
  ];
  return all
    .filter(({ prefix }) => catalog.provider(prefix) === undefined)
    .sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}
