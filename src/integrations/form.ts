import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type FieldViolation, IntegrationError } from '../errors.ts';
import type { ConnectMethod, InlineCredential, JsonSchema } from '../providers/provider.ts';
import { Secret } from '../secret.ts';

type Fields = Readonly<Record<string, unknown>>;

const MAX_FIELDS_BYTES = 64 * 1024;

/**
 * Checks what the user typed against the method's schema and parts it into secrets and config. Every violation names its
 * field; none repeats a value.
 */
export function readForm(
  method: InlineCredential,
  credentials: Fields,
  config: Fields,
): { readonly secrets: Readonly<Record<string, Secret>>; readonly config: Fields } {
  assertSize('credentials', credentials);
  assertSize('config', config);
  const properties = (method.schema.properties ?? {}) as Record<string, JsonSchema>;
  const isSecret = (name: string): boolean => properties[name]?.writeOnly === true;
  const misplaced = Object.keys(config).filter(isSecret);
  if (misplaced.length > 0) {
    throw violations(
      misplaced.map(name => ({ field: `config.${name}`, description: 'is a secret; send it in credentials' })),
    );
  }
  const fields = { ...config, ...credentials };
  const validate = compile(method.schema);
  if (!validate(fields)) throw violations((validate.errors ?? []).map(e => violationOf(e, isSecret)));
  const entries = Object.entries(fields);
  return {
    secrets: Object.fromEntries(entries.filter(([n]) => isSecret(n)).map(([n, v]) => [n, new Secret(String(v))])),
    config: Object.fromEntries(entries.filter(([n]) => !isSecret(n))),
  };
}

/** The one secret of that name, by the form's rules; anything beside it is refused. */
export function readSecret(method: InlineCredential, field: string, credentials: Fields): Secret {
  assertSize('credentials', credentials);
  const properties = (method.schema.properties ?? {}) as Record<string, JsonSchema>;
  const schema = { type: 'object', additionalProperties: false, required: [field] };
  const validate = compile({ ...schema, properties: { [field]: properties[field] ?? {} } });
  if (!validate(credentials)) throw violations((validate.errors ?? []).map(e => violationOf(e, () => true)));
  return new Secret(String(credentials[field]));
}

/**
 * New settings in place of the old: the form's fields that are no secrets. What the connect itself found out (an
 * installation, a cloud id) is not among them and stays.
 */
export function readSettings(
  method: ConnectMethod | undefined,
  before: Fields,
  config: Fields,
): Record<string, unknown> {
  const form = method !== undefined && 'schema' in method ? method.schema : {};
  const fields = Object.entries((form.properties ?? {}) as Record<string, JsonSchema>);
  const properties = Object.fromEntries(fields.filter(([, schema]) => schema.writeOnly !== true));
  const required = ((form.required ?? []) as readonly string[]).filter(name => name in properties);
  const validate = compile({ type: 'object', additionalProperties: false, properties, required });
  if (!validate(config)) throw violations((validate.errors ?? []).map(e => violationOf(e, () => false)));
  const kept = Object.entries(before).filter(([name]) => !(name in properties));
  return { ...Object.fromEntries(kept), ...config };
}

/** Checks what a person must say before a browser can be sent to the vendor. */
export function assertSettings(settings: JsonSchema, config: Fields): void {
  const validate = compile(settings);
  if (!validate(config)) throw violations((validate.errors ?? []).map(e => violationOf(e, () => false)));
}

/** Config that is not part of a form: at most 64 KiB as JSON. */
export function assertSize(field: string, fields: Fields): void {
  if (Buffer.byteLength(JSON.stringify(fields)) <= MAX_FIELDS_BYTES) return;
  throw violations([{ field, description: 'is over 64 KiB as JSON' }]);
}

function compile(schema: JsonSchema): ValidateFunction {
  return formats.default(new Ajv2020({ allErrors: true, strict: false })).compile(schema);
}

/** How well a form fits what was sent: every name it asks for is there, and no other. */
export function fitsForm(method: InlineCredential, names: readonly string[]): boolean {
  const properties = Object.keys((method.schema.properties ?? {}) as object);
  const required = (method.schema.required ?? []) as readonly string[];
  return required.every(n => names.includes(n)) && names.every(n => properties.includes(n));
}

function violationOf(error: ErrorObject, isSecret: (name: string) => boolean): FieldViolation {
  const params = error.params as { missingProperty?: string; additionalProperty?: string };
  const name = params.missingProperty ?? params.additionalProperty ?? error.instancePath.slice(1).replaceAll('/', '.');
  const place = isSecret(name) ? 'credentials' : 'config';
  const description =
    params.missingProperty !== undefined
      ? 'is required'
      : params.additionalProperty !== undefined
        ? 'is not a field of this provider'
        : (error.message ?? 'is not as the form says');
  return { field: name === '' ? 'credentials' : `${place}.${name.slice(0, 128)}`, description };
}

function violations(fields: readonly FieldViolation[]): IntegrationError {
  const first = fields.slice(0, 20);
  const message = first.map(v => `${v.field}: ${v.description}`).join('; ');
  return new IntegrationError('FIELD_INVALID', { field: first[0]?.field ?? '' }, { message, fields: first });
}
