import { type DescField, type DescMessage, fromJson, type JsonObject, type Message } from '@bufbuild/protobuf';
import type { FieldViolation } from '../errors.ts';
import { fieldsInvalid } from './errors.ts';
import { checkMessage, findField, printable, wellKnown } from './rest_json.ts';
import type { Route } from './rest_routes.ts';

const maxParameters = 200;

/**
 * The request message of a REST call: path fields, then the body as the rule says, then query parameters for the rest.
 * Throws FIELD_INVALID naming every parameter and JSON field that is unknown, repeated or of a wrong type.
 * `body` is the parsed JSON, undefined when the request had none.
 */
export function buildRequest(
  route: Route,
  pathFields: ReadonlyMap<string, string>,
  query: URLSearchParams,
  body: unknown,
): Message {
  const problems: FieldViolation[] = [];
  const desc = route.method.input;
  const fromPath = checkMessage(desc, Object.fromEntries(pathFields), 'text', '', problems);
  const fromQuery = checkMessage(desc, readQuery(route, pathFields, query, problems), 'text', '', problems);
  const fromBody = checkBody(route, body, problems);
  for (const [name, value] of Object.entries(fromPath)) {
    if (Object.hasOwn(fromBody, name) && fromBody[name] !== value) {
      problems.push({ field: name, description: 'differs from the path' });
    }
  }
  refuse(problems);
  try {
    return fromJson(desc, { ...fromQuery, ...fromBody, ...fromPath });
  } catch {
    // checkMessage lets nothing through that is known to fail here; the parser's own text could quote the request.
    throw fieldsInvalid([{ field: 'request', description: `cannot be read as ${desc.name}` }]);
  }
}

function checkBody({ method, body: rule }: Route, body: unknown, problems: FieldViolation[]): JsonObject {
  if (rule === '' || body === undefined) return {};
  return checkMessage(method.input, rule === '*' ? body : { [rule]: body }, 'json', '', problems);
}

/** The parameters as JSON of texts: `a=1&a=2` is a list, `a.b=1` a nested field, `map.key=1` or `map[key]=1` a map entry. */
function readQuery(
  route: Route,
  pathFields: ReadonlyMap<string, string>,
  query: URLSearchParams,
  problems: FieldViolation[],
): JsonObject {
  const result: JsonObject = {};
  if (query.size > maxParameters)
    throw fieldsInvalid([{ field: 'query', description: `has more than ${maxParameters} parameters` }]);
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const steps = name.replace(/^(\w+)\[(.*)\]$/s, '$1.$2').split('.');
    const top = findField(route.method.input, steps[0] ?? '');
    const field = printable(name);
    if (route.body === '*') problems.push({ field, description: 'is not a query parameter; give it in the body' });
    else if (top && pathFields.has(top.name)) problems.push({ field, description: 'is given by the path' });
    else if (top && route.body === top.name) problems.push({ field, description: 'is given by the body' });
    else {
      const problem = place(result, route.method.input, steps, values);
      if (problem !== undefined) problems.push({ field, description: problem });
    }
  }
  return result;
}

/** Puts the values where the name leads. Returns what is wrong with the name. */
function place(target: JsonObject, desc: DescMessage, path: readonly string[], values: string[]): string | undefined {
  const [name = '', ...rest] = path;
  const field = findField(desc, name);
  if (field === undefined) return 'is not a parameter of this request';
  if (field.fieldKind === 'map') return placeEntry(child(target, field), field, rest.join('.'), values);
  if (rest.length > 0) {
    const nested = field.fieldKind === 'message' && !wellKnown[field.message.typeName];
    return nested ? place(child(target, field), field.message, rest, values) : `has no fields`;
  }
  if (field.fieldKind === 'message' && !wellKnown[field.message.typeName]) return 'needs one of its fields named';
  if (field.fieldKind === 'list') {
    if (field.listKind === 'message' && !wellKnown[field.message.typeName]) return 'cannot be a query parameter';
    // Both spellings of one name add up.
    const before = target[field.name];
    target[field.name] = [...(Array.isArray(before) ? before : []), ...values];
    return undefined;
  }
  if (values.length > 1 || Object.hasOwn(target, field.name)) return 'is given more than once';
  target[field.name] = values[0] ?? '';
  return undefined;
}

function placeEntry(entries: JsonObject, field: DescField & { fieldKind: 'map' }, key: string, values: string[]) {
  if (key === '') return `needs a key: ${field.name}.key=value`;
  if (field.mapKind === 'message') return 'cannot be a query parameter';
  if (values.length > 1 || Object.hasOwn(entries, key)) return 'is given more than once';
  Object.defineProperty(entries, key, { value: values[0] ?? '', enumerable: true });
  return undefined;
}

function child(target: JsonObject, field: DescField): JsonObject {
  const existing = target[field.name];
  if (typeof existing === 'object' && existing !== null && !Array.isArray(existing)) return existing;
  const created: JsonObject = {};
  target[field.name] = created;
  return created;
}

function refuse(problems: readonly FieldViolation[]): void {
  if (problems.length > 0) throw fieldsInvalid(problems);
}
