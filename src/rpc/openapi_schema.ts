import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  ScalarType,
} from '@bufbuild/protobuf';
import { type FieldRules, FieldRulesSchema, field as fieldRules, Ignore } from '../../gen/buf/validate/validate_pb.js';

export type JsonSchema = { [key: string]: unknown };
/** Texts of the contract's comments by full name, `package.Message.field`. */
export type Comments = Readonly<Record<string, string>>;

/** Collects component schemas: each message and enum that was referred to, once. */
export type Components = {
  refer(desc: DescMessage | DescEnum): JsonSchema;
  field(field: DescField): JsonSchema;
  schemas: Record<string, JsonSchema>;
};

export function createComponents(comments: Comments): Components {
  const schemas: Record<string, JsonSchema> = {};
  const commentOf = (desc: DescMessage | DescEnum | DescField) =>
    comments['typeName' in desc ? desc.typeName : `${desc.parent?.typeName}.${desc.name}`];

  function refer(desc: DescMessage | DescEnum): JsonSchema {
    const known = desc.kind === 'message' ? wellKnown[desc.typeName] : undefined;
    if (known !== undefined) return known;
    const name = componentName(desc);
    if (schemas[name] === undefined) {
      // Entered before it is filled: messages can contain themselves.
      const schema: JsonSchema = {};
      schemas[name] = schema;
      Object.assign(schema, desc.kind === 'enum' ? enumSchema(desc) : messageSchema(desc), described(commentOf(desc)));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function messageSchema(desc: DescMessage): JsonSchema {
    const required = desc.fields.filter(isRequired).map(f => f.name);
    const properties = Object.fromEntries(desc.fields.map(f => [f.name, fieldSchema(f)]));
    return { type: 'object', properties, ...(required.length > 0 && { required }) };
  }

  function fieldSchema(field: DescField): JsonSchema {
    const rules = rulesOf(field);
    const sensitive = field.proto.options?.debugRedact ? { 'x-sensitive': true } : {};
    return { ...valueSchema(field, rules), ...described(commentOf(field)), ...sensitive };
  }

  function valueSchema(field: DescField, rules: FieldRules): JsonSchema {
    if (field.fieldKind === 'list') {
      const {
        minItems = 0n,
        maxItems = 0n,
        unique = false,
        items,
      } = rules.type.case === 'repeated' ? rules.type.value : {};
      const schema: JsonSchema = { type: 'array', items: elementSchema(field, items ?? noRules) };
      return { ...schema, ...bounds('Items', minItems, maxItems), ...(unique && { uniqueItems: true }) };
    }
    if (field.fieldKind === 'map') {
      const { minPairs = 0n, maxPairs = 0n, keys, values } = rules.type.case === 'map' ? rules.type.value : {};
      const propertyNames = keys && scalarSchema(ScalarType.STRING, keys);
      const schema: JsonSchema = { type: 'object', additionalProperties: elementSchema(field, values ?? noRules) };
      return { ...schema, ...bounds('Properties', minPairs, maxPairs), ...(propertyNames && { propertyNames }) };
    }
    return elementSchema(field, rules);
  }

  /** A singular field, or one element of a list or map. */
  function elementSchema(field: DescField, rules: FieldRules): JsonSchema {
    if (field.enum) return chosen(field.enum, rules, refer);
    if (field.message) return refer(field.message);
    const schema = scalarSchema(field.scalar ?? ScalarType.STRING, rules);
    return rules.ignore === Ignore.IF_ZERO_VALUE && schema.type === 'string'
      ? { anyOf: [{ const: '' }, schema] }
      : schema;
  }

  return { refer, field: fieldSchema, schemas };
}

const noRules = create(FieldRulesSchema);
const rulesOf = (field: DescField) => (hasOption(field, fieldRules) ? getOption(field, fieldRules) : noRules);

/** Whether a request without the field breaks a rule. */
export function isRequired(field: DescField): boolean {
  const rules = rulesOf(field);
  if (rules.required) return true;
  const isOptional = field.proto.proto3Optional || field.oneof !== undefined || rules.ignore !== Ignore.UNSPECIFIED;
  if (isOptional) return false;
  if (rules.type.case === 'repeated') return rules.type.value.minItems > 0n;
  return rules.type.case === 'string' && rules.type.value.minLen > 0n;
}

/** `mobius.integrations.v1.Provider` -> `Provider`; others keep their package, so that no two share a name. */
const componentName = (desc: DescMessage | DescEnum) => desc.typeName.replace(/^mobius\.integrations\.v1\./, '');

const described = (description: string | undefined) => (description ? { description } : {});

const enumSchema = (desc: DescEnum): JsonSchema => ({ type: 'string', enum: desc.values.map(v => v.name) });

/** The enum, or those of its values that the rule leaves. */
function chosen(desc: DescEnum, rules: FieldRules, refer: Components['refer']): JsonSchema {
  const { in: only = [], notIn = [] } = rules.type.case === 'enum' ? rules.type.value : {};
  if (only.length === 0 && notIn.length === 0) return refer(desc);
  const left = desc.values.filter(v => (only.length === 0 || only.includes(v.number)) && !notIn.includes(v.number));
  return { type: 'string', enum: left.map(v => v.name) };
}

function scalarSchema(type: ScalarType, rules: FieldRules): JsonSchema {
  switch (type) {
    case ScalarType.STRING:
      return { type: 'string', ...stringBounds(rules) };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.BYTES: {
      const { maxLen = 0n } = rules.type.case === 'bytes' ? rules.type.value : {};
      // Four characters for three bytes.
      return { type: 'string', format: 'byte', ...bounds('Length', 0n, maxLen && ((maxLen + 2n) / 3n) * 4n) };
    }
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number' };
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      // Beyond what JSON numbers hold exactly, so ProtoJSON makes them texts.
      return { type: 'string', format: 'int64', pattern: '^-?[0-9]{1,20}$' };
    default:
      return { type: 'integer', ...integerBounds(rules) };
  }
}

function stringBounds(rules: FieldRules): JsonSchema {
  if (rules.type.case !== 'string') return {};
  const { minLen, maxLen, pattern, in: only, notContains, wellKnown } = rules.type.value;
  return {
    ...bounds('Length', minLen, maxLen),
    ...(pattern !== '' && { pattern }),
    ...(only.length > 0 && { enum: only }),
    ...(notContains !== '' && { not: { pattern: notContains.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') } }),
    ...(wellKnown.case === 'uri' && { format: 'uri' }),
  };
}

function integerBounds(rules: FieldRules): JsonSchema {
  if (rules.type.case !== 'int32') return {};
  const { lessThan, greaterThan } = rules.type.value;
  const upper = lessThan.case && { [lessThan.case === 'lt' ? 'exclusiveMaximum' : 'maximum']: lessThan.value };
  const lower = greaterThan.case && { [greaterThan.case === 'gt' ? 'exclusiveMinimum' : 'minimum']: greaterThan.value };
  return { ...lower, ...upper };
}

const bounds = (what: 'Items' | 'Properties' | 'Length', least: bigint, most: bigint): JsonSchema => ({
  ...(least > 0n && { [`min${what}`]: Number(least) }),
  ...(most > 0n && { [`max${what}`]: Number(most) }),
});

/** Google's types that have a JSON form of their own. */
const wellKnown: Record<string, JsonSchema> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Any': { type: 'object', additionalProperties: true },
};
