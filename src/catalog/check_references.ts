import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Action } from '../providers/provider.ts';
import { type ResolvedReference, resolveReferences } from '../references/resolve.ts';
import type { Finding } from './check.ts';
import type { Reader } from './state.ts';
import { type Json, pointerOf } from './texts.ts';

type Binding = Action['references'][number];
type Bound = { readonly pointer: string; readonly value: string };

/** The bound of one resolve. */
const BATCH = 100;
const MAX_VALUE = 512;

const MESSAGES: Readonly<Record<Exclude<ResolvedReference['state'], 'PRESENT'>, string>> = {
  RENAMED: 'This has another name now.',
  ARCHIVED: 'This is archived; most actions on it fail. Choose another.',
  NO_ACCESS: 'This integration may not use it. Give it access at the provider, or choose another.',
  NOT_FOUND: 'There is no such thing, or this integration cannot see it. Choose another.',
};

/** What the inputs name must be there. Where that cannot be learnt now, it is said to be unchecked. */
export async function checkReferences(
  em: EntityManager,
  deps: Deps,
  { project, caller }: Reader,
  action: Action,
  inputs: Json,
  integrationId: string | undefined,
  withheld: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const binding of action.references) {
    const bound = boundIn(inputs, binding.field).filter(({ pointer }) => !withheld.has(pointer));
    if (bound.length === 0) continue;
    const dependsOn = dependenciesOf(inputs, binding);
    const source = deps.catalog.referenceType(binding.type)?.type.source;
    const through = source === 'PUBLISHED' ? undefined : integrationId;
    const where = { project, caller, referenceType: binding.type, integrationId: through, dependsOn, knownLabels: {} };
    try {
      const states = new Map<string, ResolvedReference['state']>();
      const values = [...new Set(bound.map(({ value }) => value))];
      for (let at = 0; at < values.length; at += BATCH) {
        const part = { ...where, values: values.slice(at, at + BATCH) };
        const { references } = await resolveReferences(em, deps, part, signal);
        for (const { value, state } of references) states.set(value, state);
      }
      findings.push(...bound.flatMap(one => findingOf(one, binding, states.get(one.value) ?? 'NOT_FOUND')));
    } catch (error) {
      if (!(error instanceof IntegrationError) || error.reason === 'STORE_UNAVAILABLE') throw error;
      const message = `This could not be checked: ${error.message}`.slice(0, 512);
      findings.push(...bound.map(({ pointer }): Finding => ({ field: pointer, kind: 'UNCHECKED', message })));
    }
  }
  return findings;
}

function findingOf({ pointer }: Bound, { type }: Binding, state: ResolvedReference['state']): readonly Finding[] {
  if (state === 'PRESENT') return [];
  const known = { referenceType: type, referenceState: state };
  return [{ field: pointer, kind: 'REFERENCE', message: MESSAGES[state], ...known }];
}

/** The values in a field; a list's binding is of each of its elements. What is no id breaks the schema, not this. */
function boundIn(inputs: Json, field: string): readonly Bound[] {
  const given = Object.hasOwn(inputs, field) ? inputs[field] : undefined;
  const all = Array.isArray(given) ? given.map((item, index) => [item, index] as const) : [[given, undefined] as const];
  return all.flatMap(([item, index]) => {
    if (typeof item !== 'string' && typeof item !== 'number') return [];
    const value = String(item);
    if (value === '' || value.length > MAX_VALUE || value.includes('\0')) return [];
    return [{ pointer: pointerOf(index === undefined ? [field] : [field, index]), value }];
  });
}

function dependenciesOf(inputs: Json, { dependsOn = {} }: Binding): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dependsOn).flatMap(([key, field]) => {
      const given = Object.hasOwn(inputs, field) ? inputs[field] : undefined;
      const isOne = (typeof given === 'string' && given !== '') || typeof given === 'number';
      return isOne && String(given).length <= MAX_VALUE ? [[key, String(given)]] : [];
    }),
  );
}
