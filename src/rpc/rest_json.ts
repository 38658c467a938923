import { type DescField, type DescMessage, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import type { FieldViolation } from '../errors.ts';
import { checkEnum, checkScalar } from './rest_scalar.ts';

/**
 * How values are spelled: in a body as JSON values, in a path or query as text (`true`, `7`).
 * Problems name fields as the contract does and never quote a value.
 */
export type Spelling = 'json' | 'text';

/**
 * Checks JSON against a message and spells it as protobuf-es reads it: proto field names, full enum names. Every unknown
 * field and every value of a wrong type becomes a problem; the result is meaningful only without problems.
 */
export function checkMessage(
  desc: DescMessage,
  json: unknown,
  spelling: Spelling,
  at: string,
  problems: FieldViolation[],
): JsonObject {
  const result: JsonObject = {};
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    problems.push({ field: at || 'body', description: 'must be an object' });
    return result;
  }
  const oneofs = new Map<string, string>();
  for (const [key, value] of Object.entries(json)) {
    const field = findField(desc, key);
    const path = join(at, field?.name ?? printable(key));
    if (field === undefined) problems.push({ field: path, description: 'is not a field of this request' });
    else if (Object.hasOwn(result, field.name)) problems.push({ field: path, description: 'is given twice' });
    else if (value !== null || takesNull(field)) {
      const rival = field.oneof && oneofs.get(field.oneof.name);
      if (rival !== undefined) problems.push({ field: path, description: `cannot be given together with ${rival}` });
      if (field.oneof) oneofs.set(field.oneof.name, field.name);
      result[field.name] = checkField(field, value, spelling, path, problems);
    }
  }
  return result;
}

export const findField = (desc: DescMessage, key: string): DescField | undefined =>
  desc.fields.find(f => f.name === key || f.jsonName === key);
export const join = (at: string, name: string) => (at === '' ? name : `${at}.${name}`);
/** A name that the caller chose, fit to be said back. */
export const printable = (name: string) => name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');

function checkField(
  field: DescField,
  value: unknown,
  spelling: Spelling,
  path: string,
  problems: FieldViolation[],
): JsonValue {
  const refuse = (description: string): null => {
    problems.push({ field: path, description });
    return null;
  };
  if (field.fieldKind === 'list') {
    if (!Array.isArray(value)) return refuse('must be a list');
    return value.map((item, i) => checkOne(field, item, spelling, `${path}[${i}]`, problems));
  }
  if (field.fieldKind === 'map') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('must be an object');
    const entries = Object.entries(value).map(([key, item]) => {
      const checked = checkScalar(field.mapKey, key, 'text');
      if ('problem' in checked) refuse(`has a key that ${checked.problem}`);
      // Maps become plain objects, where this name would be the prototype.
      else if (key === '__proto__') refuse('has a key that cannot be used');
      return [key, checkOne(field, item, spelling, `${path}[key]`, problems)] as const;
    });
    return Object.fromEntries(entries);
  }
  return checkOne(field, value, spelling, path, problems);
}

/** The value of a singular field, or one element of a list or map. */
function checkOne(
  field: DescField,
  value: unknown,
  spelling: Spelling,
  path: string,
  problems: FieldViolation[],
): JsonValue {
  if (field.message) {
    const known = wellKnown[field.message.typeName];
    if (known === undefined) return checkMessage(field.message, value, spelling, path, problems);
    const spelled = spelling === 'text' ? unquote(field.message, value) : value;
    if (reads(field.message, spelled)) return spelled as JsonValue;
    problems.push({ field: path, description: known });
    return null;
  }
  const checked = field.enum ? checkEnum(field.enum, value, spelling) : checkScalar(field.scalar ?? 9, value, spelling);
  if ('value' in checked) return checked.value;
  problems.push({ field: path, description: checked.problem });
  return null;
}

/** Google's types with a JSON form of their own, and the cure when that is not met. */
export const wellKnown: Record<string, string> = {
  'google.protobuf.Timestamp': 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z',
  'google.protobuf.Duration': 'must be a number of seconds with an s, such as 1.5s',
  'google.protobuf.FieldMask': 'must be field names separated by commas',
  'google.protobuf.Struct': 'must be an object',
  'google.protobuf.Value': 'must be a JSON value',
  'google.protobuf.ListValue': 'must be a list',
  'google.protobuf.BoolValue': 'must be true or false',
  'google.protobuf.StringValue': 'must be a text',
  'google.protobuf.BytesValue': 'must be base64',
  'google.protobuf.Int32Value': 'must be a whole number',
  'google.protobuf.UInt32Value': 'must be a whole number from 0',
  'google.protobuf.Int64Value': 'must be a whole number',
  'google.protobuf.UInt64Value': 'must be a whole number from 0',
  'google.protobuf.FloatValue': 'must be a number',
  'google.protobuf.DoubleValue': 'must be a number',
};

function reads(desc: DescMessage, value: unknown): boolean {
  try {
    fromJson(desc, value as JsonValue);
    return true;
  } catch {
    return false;
  }
}

const unquote = (desc: DescMessage, value: unknown) =>
  desc.typeName === 'google.protobuf.BoolValue' && (value === 'true' || value === 'false') ? value === 'true' : value;
const takesNull = (field: DescField) =>
  field.message?.typeName === 'google.protobuf.Value' && field.fieldKind === 'message';
