import type { Action, Provider, ReferenceType } from '../providers/provider.ts';
import type { Found } from './fault.ts';
import { propertiesOf } from './schema_walk.ts';

export type TypesByName = ReadonlyMap<string, ReferenceType>;

/** Whether every picker that is named exists, gets what it depends on, and none waits for itself. */
export function referenceFaults(provider: Provider, known: TypesByName): Found[] {
  return [
    ...provider.references.flatMap((type, index) => typeFaults(type, known, ['references', index])),
    ...provider.actions.flatMap((action, index) => bindingFaults(action, known, ['actions', index])),
  ];
}

function typeFaults(type: ReferenceType, known: TypesByName, path: Found['path']): Found[] {
  const missing = type.dependsOn.flatMap(({ type: other }, index) =>
    known.has(other)
      ? []
      : [{ path: [...path, 'dependsOn', index, 'type'], message: `there is no reference type ${other}` }],
  );
  const keys = type.dependsOn.map(({ key }) => key);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  const cycle = cycleFrom(type, known);
  return [
    ...missing,
    ...twice.map(key => ({ path: [...path, 'dependsOn'], message: `names the key ${key} twice` })),
    ...(cycle === undefined
      ? []
      : [{ path: [...path, 'dependsOn'], message: `is a circle: ${cycle.join(', which needs ')}` }]),
  ];
}

/** The way from the type back to itself over what must be picked before; undefined where there is none. */
function cycleFrom(start: ReferenceType, known: TypesByName): readonly string[] | undefined {
  const seen = new Set<string>();
  const open: { readonly type: ReferenceType; readonly way: readonly string[] }[] = [
    { type: start, way: [start.name] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { type: name, required } of next.type.dependsOn) {
      if (!required) continue;
      if (name === start.name) return [...next.way, name];
      const type = known.get(name);
      if (type === undefined || seen.has(name)) continue;
      seen.add(name);
      open.push({ type, way: [...next.way, name] });
    }
  }
  return undefined;
}

function bindingFaults({ inputSchema, references }: Action, known: TypesByName, path: Found['path']): Found[] {
  const fields = Object.keys(propertiesOf(inputSchema));
  return references.flatMap(({ field, type, dependsOn = {} }, index): Found[] => {
    const here = [...path, 'references', index];
    const target = known.get(type);
    const keys = target?.dependsOn ?? [];
    const given = Object.keys(dependsOn);
    const sources = Object.values(dependsOn);
    const unknown = given.filter(key => !keys.some(each => each.key === key));
    const left = keys.filter(({ key, required }) => required && !given.includes(key)).map(({ key }) => key);
    return [
      ...(fields.includes(field) ? [] : [{ path: [...here, 'field'], message: `the input has no field ${field}` }]),
      ...(target !== undefined ? [] : [{ path: [...here, 'type'], message: `there is no reference type ${type}` }]),
      ...sources
        .filter(source => !fields.includes(source))
        .map(source => ({ path: [...here, 'dependsOn'], message: `the input has no field ${source}` })),
      ...(target === undefined ? [] : unknown).map(key => ({
        path: [...here, 'dependsOn', key],
        message: `${type} does not depend on ${key}`,
      })),
      ...left.map(key => ({ path: [...here, 'dependsOn'], message: `must say which field gives ${type} its ${key}` })),
    ];
  });
}
