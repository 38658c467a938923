import { headerNameField } from '../providers/kit/header_name.ts';
import { input, text } from '../providers/kit/schema.ts';
import type { JsonSchema } from '../providers/provider.ts';

/** Parts that the manifest's schema is made of. Everything is closed and bounded. */

export const closed = input;

export const id: JsonSchema = text(
  'Lower case letters, digits and underscores; the file is called `<id>.yaml`. The first part of the names of its event types, actions and reference types. Never changes: integrations are stored under it.',
  31,
  { pattern: '^[a-z][a-z0-9_]{1,30}$' },
);

export const itemName = (what: string): JsonSchema =>
  text(`${what}: lower case, the provider’s id first, with dots, such as \`acme_crm.contact.created\`.`, 128, {
    pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$',
  });

/** A name that values are kept under; the one that every object has already is nobody's. */
export const key = (description: string): JsonSchema =>
  text(description, 63, { pattern: '^[a-z][a-z0-9_]*$', not: { const: 'constructor' } });

export const sentence = (description: string, maxLength = 300): JsonSchema =>
  text(description, maxLength, { minLength: 6 });

export const title = (description: string): JsonSchema => text(description, 128);

export const pointer = (description: string): JsonSchema => ({
  type: 'string',
  description: `${description} A JSON Pointer such as \`/data/0/id\`; \`""\` is all of it.`,
  maxLength: 256,
  pattern: '^(/([^/~]|~[01])*)*$',
});

export const headerName = (description: string): JsonSchema => headerNameField('Header', description);

export const path = (description: string): JsonSchema =>
  text(`${description} Begins with a slash; without a query.`, 512, {
    pattern: "^/[A-Za-z0-9._~!$&'()*+,;=:@%/{}-]*$",
  });

export const endpointName = key('Name of one of `endpoints`. Default: api.');

export const address = (description: string): JsonSchema => ({
  ...closed(['path'], { endpoint: endpointName, path: path('Path below the endpoint.') }),
  description,
});

export const list = (description: string, items: JsonSchema, maxItems: number, minItems = 0): JsonSchema => ({
  type: 'array',
  description,
  items,
  minItems,
  maxItems,
});

export const scopes = list('Scopes that it needs, as the vendor calls them.', text('A scope.', 256), 100);

/** Parameters of a request, by name. */
export const parameters = (description: string, values = text('A value.', 1_024)): JsonSchema => ({
  type: 'object',
  description,
  maxProperties: 20,
  propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_.$\\[\\]-]{1,64}$' },
  additionalProperties: values,
});

/** A JSON Schema inside the manifest. What it must be itself is checked where it is compiled. */
export const jsonSchema = (description: string): JsonSchema => ({
  type: 'object',
  description: `${description} JSON Schema 2020-12 of type object, without \`pattern\` and without references to other files.`,
  required: ['type'],
});

export const field: JsonSchema = {
  ...closed(['name', 'title', 'description'], {
    name: key('Name of the field, such as `api_key`.'),
    title: title('What people see above the field.'),
    description: sentence('Where people find it.'),
    secret: { type: 'boolean', description: 'Sealed, and never shown again. Default: false.' },
    optional: { type: 'boolean', description: 'May be left out. Default: false.' },
    min_length: { type: 'integer', description: 'Default: 1.', minimum: 1, maximum: 4_096 },
    max_length: { type: 'integer', description: 'Default: 512 for secrets, else 256.', minimum: 1, maximum: 16_384 },
    choices: list('All that it may be.', text('A choice.', 256), 100, 1),
  }),
  description: 'What a person types.',
};
