import { checkConnect } from './check_connect.ts';
import { checkWebhook } from './check_webhook.ts';
import type { AddressManifest, Manifest, ReferenceManifest } from './manifest.ts';
import type { Problem } from './problem.ts';
import { parseTemplate } from './template.ts';

/** What is wrong at a place of the manifest, and what to do. */
export type Flaw = Pick<Problem, 'path' | 'message'>;

/** What the schema cannot say and the provider made of it no longer shows: whether its parts fit each other. */
export function flawsOf(manifest: Manifest): Flaw[] {
  return [
    ...addresses(manifest).flatMap(([path, address]) => addressFlaws(manifest, path, address)),
    ...checkConnect(manifest),
    ...checkWebhook(manifest),
    ...(manifest.references ?? []).flatMap((reference, index) => referenceFlaws(reference, ['references', index])),
  ];
}

/** What lies below an endpoint, and has no places. Those of lists are looked at with what they depend on. */
function addresses({ identity, connect, references = [] }: Manifest): (readonly [Flaw['path'], AddressManifest])[] {
  return [
    [['identity'], identity] as const,
    ...connect.flatMap((method, index) =>
      method.kind !== 'oauth2'
        ? []
        : (['authorize', 'token', 'revoke'] as const).flatMap(part => {
            const address = method[part];
            return address === undefined ? [] : [[['connect', index, part], address] as const];
          }),
    ),
    ...references.map(({ list }, index) => [['references', index, 'list'], list] as const),
  ];
}

function addressFlaws(
  { endpoints }: Manifest,
  path: Flaw['path'],
  { endpoint = 'api', path: below }: AddressManifest,
): Flaw[] {
  const isKnown = Object.hasOwn(endpoints, endpoint);
  const hasPlaces = path[0] !== 'references' && /[{}]/.test(below);
  return [
    ...(isKnown
      ? []
      : [
          {
            path: [...path, 'endpoint'],
            message: `there is no endpoint ${endpoint}; there are ${Object.keys(endpoints).join(', ')}`,
          },
        ]),
    ...(hasPlaces
      ? [{ path: [...path, 'path'], message: 'may not have places; only paths of lists and single values may' }]
      : []),
  ];
}

function referenceFlaws({ depends_on: dependsOn = [], list, resolve }: ReferenceManifest, path: Flaw['path']): Flaw[] {
  const keys = dependsOn.map(({ key }) => key);
  const needed = dependsOn.filter(({ required = true }) => required).map(({ key }) => key);
  const one = resolve?.by === 'path' ? resolve.path : undefined;
  const lacksValue = one !== undefined && !parseTemplate(one).names.includes('value');
  return [
    ...(keys.includes('value')
      ? [{ path: [...path, 'depends_on'], message: 'value is the name of the value itself; take another key' }]
      : []),
    // In a path every place is filled, so that what need not be picked has none there.
    ...placeFlaws(list.path, needed, [...path, 'list', 'path']),
    ...Object.entries(list.query ?? {}).flatMap(([name, text]) =>
      placeFlaws(text, keys, [...path, 'list', 'query', name]),
    ),
    ...(one === undefined ? [] : placeFlaws(one, [...needed, 'value'], [...path, 'resolve', 'path'])),
    ...(lacksValue
      ? [{ path: [...path, 'resolve', 'path'], message: 'must have {value} where the value stands' }]
      : []),
  ];
}

function placeFlaws(text: string, known: readonly string[], path: Flaw['path']): Flaw[] {
  const { texts, names } = parseTemplate(text);
  const among =
    known.length === 0 ? 'and it depends on nothing' : `known are ${known.map(name => `{${name}}`).join(', ')}`;
  if (texts.some(each => /[{}]/.test(each))) return [{ path, message: `has braces that are no place; ${among}` }];
  return names
    .filter(name => !known.includes(name))
    .map(name => ({ path, message: `{${name}} is nothing that must be picked before; ${among}` }));
}
