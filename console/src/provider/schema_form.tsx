import { Field } from '@base-ui/react/field';
import { Form } from '@base-ui/react/form';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ReactNode } from 'react';
import { TextField } from '../parts/text_field.tsx';
import { plain } from '../words/readiness.ts';

/** One property of a form's JSON Schema, as far as the providers use it: texts, some of them secret. */
export type FormField = {
  readonly name: string;
  readonly title: string;
  readonly about: string | undefined;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  readonly isLong: boolean;
  readonly schema: JsonObject;
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

export function fieldsOf(schema: JsonObject | undefined): readonly FormField[] {
  const properties = isObject(schema?.properties) ? schema.properties : {};
  const required = Array.isArray(schema?.required) ? schema.required : [];
  return Object.entries(properties).flatMap(([name, property]) =>
    isObject(property)
      ? {
          name,
          title: textOf(property.title) ?? plain(name),
          about: textOf(property.description),
          isSecret: property.writeOnly === true,
          isRequired: required.includes(name),
          isLong: Number(property.maxLength ?? 0) > 1_024 && property.format === undefined,
          schema: property,
        }
      : [],
  );
}

/** What was typed, parted as the service takes it; what was left empty is left out. */
export type Filled = { readonly credentials: JsonObject; readonly config: JsonObject };

/** A form made of a JSON Schema. Secrets are typed and never shown again; problems stand at their fields. */
export function SchemaForm({
  id,
  fields,
  problems,
  onSubmit,
  children,
}: {
  readonly id: string;
  readonly fields: readonly FormField[];
  /** By request field, `credentials.api_key`. */
  readonly problems: Readonly<Record<string, string>>;
  readonly onSubmit: (filled: Filled) => void;
  readonly children?: ReactNode;
}) {
  const errorOf = ({ name }: FormField): string | undefined => {
    const found = problems[`credentials.${name}`] ?? problems[`config.${name}`];
    return found && `It ${found}.`.replace(/^It must/, 'Must').replace(/\.\.$/, '.');
  };
  return (
    <Form
      id={id}
      className="stack"
      onFormSubmit={values => {
        const pick = (isSecret: boolean): JsonObject =>
          Object.fromEntries(
            fields
              .filter(field => field.isSecret === isSecret && String(values[field.name] ?? '') !== '')
              .map(field => [field.name, typed(field, values[field.name])]),
          );
        onSubmit({ credentials: pick(true), config: pick(false) });
      }}
    >
      {fields.map(field => (
        <SchemaField key={field.name} field={field} error={errorOf(field)} />
      ))}
      {children}
    </Form>
  );
}

function typed({ schema }: FormField, value: unknown): JsonValue {
  if (schema.type === 'number' || schema.type === 'integer') return Number(value);
  if (schema.type === 'boolean') return value === true || value === 'true';
  return String(value);
}

function SchemaField({ field, error }: { readonly field: FormField; readonly error: string | undefined }) {
  const { name, title, about, isSecret, isRequired, isLong, schema } = field;
  const options = Array.isArray(schema.enum)
    ? schema.enum.map(String)
    : schema.type === 'boolean'
      ? ['false', 'true']
      : undefined;
  if (options !== undefined) return <EnumField field={field} options={options} error={error} />;
  return (
    <TextField
      name={name}
      label={title}
      about={about}
      error={error}
      optional={!isRequired}
      required={isRequired}
      multiline={isLong}
      {...(!isLong && { type: isSecret ? 'password' : schema.format === 'uri' ? 'url' : 'text' })}
      autoComplete={isSecret ? 'new-password' : 'off'}
      spellCheck={false}
      {...(typeof schema.minLength === 'number' && { minLength: schema.minLength })}
      {...(typeof schema.maxLength === 'number' && { maxLength: schema.maxLength })}
      {...(typeof schema.pattern === 'string' && isPattern(schema.pattern) && { pattern: schema.pattern })}
      {...(typeof schema.default === 'string' && { placeholder: schema.default })}
    />
  );
}

/** Browsers read patterns with the flag v, under which some that are good elsewhere are not; the service checks them anyway. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'v');
    return true;
  } catch {
    return false;
  }
}

function EnumField({
  field,
  options,
  error,
}: {
  readonly field: FormField;
  readonly options: readonly string[];
  readonly error: string | undefined;
}) {
  const { name, title, about, schema } = field;
  const first = typeof schema.default === 'string' ? schema.default : (options[0] ?? '');
  return (
    <Field.Root className="field" name={name} invalid={error !== undefined || undefined}>
      <Field.Label className="field-label">{title}</Field.Label>
      <Field.Control className="input" render={<select defaultValue={first} />}>
        {options.map(option => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </Field.Control>
      {about !== undefined && <Field.Description className="field-about">{about}</Field.Description>}
      {error !== undefined && (
        <Field.Error className="field-error" match>
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
