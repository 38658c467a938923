import { at } from '../kit/meta.ts';
import { isObject, type Json, optionalString } from '../kit/read.ts';
import type { ReferenceItem, ReferenceTouch } from '../provider.ts';

type Told = { readonly eventType: string; readonly payload: Json };
type Item = (node: Json) => ReferenceItem;

/** `repository.*`: renamed, transferred, archived, deleted; and what an installation gained or lost. */
export function repositoryTouch(item: Item) {
  return ({ eventType, payload }: Told): readonly ReferenceTouch[] => {
    if (eventType.startsWith('github.installation_repositories.')) {
      const added = names(payload.repositories_added).map(value => ({
        value,
        label: value,
        state: 'PRESENT' as const,
      }));
      return [...added, ...names(payload.repositories_removed).map(value => ({ value }))];
    }
    if (!/^github\.repository\.[a-z]+$/.test(eventType) || !isObject(payload.repository)) return [];
    const touch = whole(item(payload.repository), [{}]);
    if (eventType.endsWith('.deleted')) return [{ value: touch.value, state: 'NOT_FOUND' }];
    return [touch, ...before(payload, touch.value)];
  };
}

/** The full name it had; GitHub leads on from there, but lists it no more. */
function before(payload: Json, fullName: string): ReferenceTouch[] {
  const [owner, name] = fullName.split('/');
  const oldName = optionalString(at(payload, 'changes', 'repository', 'name', 'from'));
  const oldOwner =
    optionalString(at(payload, 'changes', 'owner', 'from', 'user', 'login')) ??
    optionalString(at(payload, 'changes', 'owner', 'from', 'organization', 'login'));
  if (oldName === undefined && oldOwner === undefined) return [];
  return [{ value: `${oldOwner ?? owner}/${oldName ?? name}`, state: 'NOT_FOUND' }];
}

/** `label.*` and `milestone.*` of one repository. */
export function inRepositoryTouch(resource: 'label' | 'milestone', item: Item) {
  return ({ eventType, payload }: Told): readonly ReferenceTouch[] => {
    const [, verb] = eventType.split(`github.${resource}.`);
    const node = payload[resource];
    if (verb === undefined || !isObject(node)) return [];
    const lists = listsOf(payload);
    const touch = whole(item(node), lists);
    if (verb === 'deleted') return [{ value: touch.value, lists, state: 'NOT_FOUND' }];
    const oldName = resource === 'label' ? optionalString(at(payload, 'changes', 'name', 'from')) : undefined;
    return oldName === undefined ? [touch] : [touch, { value: oldName, lists, state: 'NOT_FOUND' }];
  };
}

/** `create` and `delete` of a branch. */
export function branchTouch({ eventType, payload }: Told): readonly ReferenceTouch[] {
  const name = optionalString(payload.ref);
  if (payload.ref_type !== 'branch' || name === undefined) return [];
  const lists = listsOf(payload);
  if (eventType === 'github.create') return [{ value: name, label: name, lists, state: 'PRESENT' }];
  return eventType === 'github.delete' ? [{ value: name, lists, state: 'NOT_FOUND' }] : [];
}

function listsOf(payload: Json): readonly Readonly<Record<string, string>>[] {
  const repository = optionalString(at(payload, 'repository', 'full_name'));
  return repository === undefined ? [] : [{ repository }];
}

function names(nodes: unknown): string[] {
  return (Array.isArray(nodes) ? nodes : []).flatMap(node => optionalString(at(node, 'full_name')) ?? []);
}

function whole(
  { value, label, description, metadata, state }: ReferenceItem,
  lists: NonNullable<ReferenceTouch['lists']>,
): ReferenceTouch {
  return {
    ...{ value, label, state, lists },
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
  };
}
