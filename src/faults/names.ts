import { RESERVED_SEGMENTS } from '../catalog/reserved_prefixes.ts';
import type { Provider } from '../providers/provider.ts';
import type { Found } from './fault.ts';

const ID = /^[a-z][a-z0-9_]{1,30}$/;
const NAME = /^[a-z][a-z0-9_]{1,30}(\.[a-z][a-z0-9_]*)+$/;
/** As long as the contract lets a name be. */
const MAX_NAME = 128;
/** As many as the contract lets a provider have. */
const MOST = { eventTypes: 500, actions: 500, references: 200 } as const;

const nouns = { eventTypes: 'event types', actions: 'actions', references: 'reference types' } as const;
const kinds = ['eventTypes', 'actions', 'references'] as const;

/** The id and the names of all it offers. An event and an action may share a name: where one can stand the other cannot. */
export function nameFaults(provider: Provider, others: readonly Provider[]): Found[] {
  const { id } = provider;
  const found: Found[] = [];
  if (!ID.test(id)) {
    found.push({ path: ['id'], message: 'must be 2 to 31 lower case letters, digits and underscores' });
  }
  if (RESERVED_SEGMENTS.includes(id)) {
    found.push({ path: ['id'], message: `${id} is reserved for the product’s own names; take another id` });
  }
  if (others.some(other => other.id === id)) {
    found.push({ path: ['id'], message: `there is a provider ${id} already; take another id` });
  }
  for (const kind of kinds) found.push(...itemFaults(provider, kind));
  return found;
}

function itemFaults(provider: Provider, kind: (typeof kinds)[number]): Found[] {
  const items: readonly { readonly name: string }[] = provider[kind];
  const first = new Map<string, number>();
  const found: Found[] = [];
  if (items.length > MOST[kind]) {
    found.push({ path: [kind], message: `holds ${items.length} ${nouns[kind]}; ${MOST[kind]} are the most` });
  }
  for (const [index, { name }] of items.entries()) {
    const path = [kind, index, 'name'];
    const problem = nameProblem(provider.id, kind, name);
    if (problem !== undefined) found.push({ path, message: problem });
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else found.push({ path, message: `${name} is the name of number ${before + 1} of the ${nouns[kind]} already` });
  }
  return found;
}

function nameProblem(id: string, kind: (typeof kinds)[number], name: string): string | undefined {
  if (!NAME.test(name) || name.length > MAX_NAME) {
    return 'must be words of lower case letters, digits and underscores with dots between them, 128 characters at most';
  }
  if (!name.startsWith(`${id}.`)) return `must begin with ${id}.`;
  const parts = name.split('.').length;
  if (kind === 'actions' && parts !== 3) return 'must have three parts: the provider, the resource and the verb';
  return undefined;
}
