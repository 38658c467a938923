import type { Flaw } from './check.ts';
import type { ConnectManifest, FieldManifest, KeyManifest, Manifest } from './manifest.ts';

/** Whether the forms hold what the headers and the endpoints are made of. */
export function checkConnect({ connect, endpoints }: Manifest): Flaw[] {
  const places = Object.values(endpoints).flatMap(url => [...url.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return connect.flatMap((method, index) => {
    const path = ['connect', index, method.kind === 'oauth2' ? 'settings' : 'fields'];
    const fields = fieldsOf(method);
    return [
      ...fields.flatMap((field, at) => fieldFlaws(field, fields, [...path, at])),
      ...placeFlaws(places, fields, ['connect', index]),
      ...(method.kind === 'oauth2' ? secretFlaws(fields, path) : placementFlaws(method, ['connect', index])),
    ];
  });
}

export function fieldsOf(method: ConnectManifest): readonly FieldManifest[] {
  return method.kind === 'oauth2' ? (method.settings ?? []) : method.fields;
}

function fieldFlaws(field: FieldManifest, all: readonly FieldManifest[], path: Flaw['path']): Flaw[] {
  const { name, secret, min_length: min = 1, max_length: max, choices } = field;
  const most = max ?? (secret === true ? 512 : 256);
  const isTwice = all.find(each => each.name === name) !== field;
  return [
    ...(isTwice ? [{ path: [...path, 'name'], message: `there is a field ${name} already` }] : []),
    ...(min > most ? [{ path: [...path, 'min_length'], message: `is more than max_length, ${most}` }] : []),
    ...(secret === true && choices !== undefined
      ? [{ path: [...path, 'choices'], message: 'cannot be of a secret' }]
      : []),
  ];
}

/** Every way to connect must ask for what stands in a host, else there is no endpoint to connect at. */
function placeFlaws(places: readonly string[], fields: readonly FieldManifest[], path: Flaw['path']): Flaw[] {
  return [...new Set(places)].flatMap(name => {
    const field = fields.find(each => each.name === name);
    if (field !== undefined && field.optional !== true && field.secret !== true) return [];
    return [{ path, message: `must ask for ${name}, not optional and not secret: it is a part of an endpoint’s host` }];
  });
}

function secretFlaws(fields: readonly FieldManifest[], path: Flaw['path']): Flaw[] {
  return fields.flatMap(({ secret }, at) =>
    secret === true
      ? [{ path: [...path, at, 'secret'], message: 'cannot be: settings of OAuth are kept as they are' }]
      : [],
  );
}

function placementFlaws({ fields, headers = [], basic }: KeyManifest, path: Flaw['path']): Flaw[] {
  const used: readonly (readonly [Flaw['path'], string])[] = [
    ...headers.map(({ field }, index) => [[...path, 'headers', index, 'field'], field] as const),
    ...Object.entries(basic ?? {}).map(([part, field]) => [[...path, 'basic', part], field] as const),
  ];
  const names = headers.map(({ name }) => name.toLowerCase());
  const known = fields.map(({ name }) => name);
  const carriesSecret = used.some(([, name]) => fields.some(field => field.name === name && field.secret === true));
  return [
    ...used
      .filter(([, name]) => !known.includes(name))
      .map(([at, name]) => ({ path: at, message: `there is no field ${name}; there are ${known.join(', ')}` })),
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [{ path: [...path, 'headers', index, 'name'], message: 'is there already' }] : [],
    ),
    ...(basic !== undefined && names.includes('authorization')
      ? [{ path: [...path, 'basic'], message: 'is a header Authorization too; take one of them' }]
      : []),
    ...(carriesSecret
      ? []
      : [{ path: [...path, 'fields'], message: 'must have a secret that is sent: mark one `secret: true`' }]),
  ];
}
