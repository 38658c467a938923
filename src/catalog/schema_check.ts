import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema } from '../providers/provider.ts';
import type { Finding } from './check.ts';
import type { Json } from './texts.ts';

export type SchemaCheck = (schema: JsonSchema, value: Json) => readonly Finding[];

/** Checks values against the manifests' schemas, each compiled when it is first asked for. */
export function createSchemaCheck(): SchemaCheck {
  const ajv = new Ajv2020({ allErrors: true, strict: false, coerceTypes: false });
  formats.default(ajv);
  const compiled = new WeakMap<JsonSchema, ValidateFunction>();
  const compile = (schema: JsonSchema): ValidateFunction => {
    const validate = ajv.compile(schema);
    compiled.set(schema, validate);
    // ajv's own cache would keep the schemas of manifests that are no longer in force.
    ajv.removeSchema(schema);
    return validate;
  };
  return (schema, value) => {
    const validate = compiled.get(schema) ?? compile(schema);
    if (validate(value)) return [];
    const findings = (validate.errors ?? []).filter(error => error.keyword !== 'propertyNames').map(findingOf);
    return [...new Map(findings.map(finding => [`${finding.field} ${finding.message}`, finding])).values()];
  };
}

/** What is wrong and where; neither a value nor the name of a field that we do not know, which may be one. */
function findingOf({ instancePath, keyword, params, message }: ErrorObject): Finding {
  const at = instancePath.length <= 256 ? instancePath : `${instancePath.slice(0, 255)}…`;
  const missing: unknown = params.missingProperty;
  if (keyword === 'required' && typeof missing === 'string') {
    return { field: `${at}/${missing}`, kind: 'SCHEMA', message: 'This is needed.' };
  }
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    return { field: at, kind: 'SCHEMA', message: 'This holds a field that is not known; leave it out.' };
  }
  const allowed: unknown = params.allowedValues;
  const among = Array.isArray(allowed) ? `: ${allowed.slice(0, 20).join(', ')}` : '';
  return { field: at, kind: 'SCHEMA', message: `This ${message ?? 'breaks the schema'}${among}.`.slice(0, 512) };
}
