import { choice, integer, text } from '../providers/kit/schema.ts';
import type { JsonSchema } from '../providers/provider.ts';
import {
  closed,
  endpointName,
  itemName,
  jsonSchema,
  key,
  list,
  parameters,
  path,
  pointer,
  scopes,
  sentence,
  title,
} from './schema_parts.ts';

export const action: JsonSchema = closed(['name', 'title', 'description', 'effect', 'input_schema', 'output_schema'], {
  name: itemName('Name of the action, in three parts'),
  title: title('What people see.'),
  description: sentence('What it does.'),
  effect: choice(
    'reads: changes nothing; sets: twice is as good as once; adds: twice makes two; removes: what it takes away does not come back.',
    ['reads', 'sets', 'adds', 'removes'],
  ),
  risk: choice('Default: low where it reads, high where it removes, else medium.', [
    'low',
    'medium',
    'high',
    'critical',
  ]),
  scopes,
  input_schema: jsonSchema('Of the inputs: closed, and every text and list bounded.'),
  output_schema: jsonSchema('Of the answer.'),
  references: list(
    'Inputs that hold a reference, so that people pick them.',
    closed(['field', 'type'], {
      field: text('A field of the inputs.', 64),
      type: itemName('A reference type'),
      depends_on: parameters(
        'By key of the reference type, the field of the inputs that supplies it.',
        text('A field.', 64),
      ),
    }),
    64,
  ),
});

const parameter = (description: string): JsonSchema => text(description, 64, { pattern: '^[A-Za-z0-9_.$\\[\\]-]+$' });
const at = parameter('The query parameter that says where the page begins.');
const size = parameter('The query parameter for the page’s size. Left out: the vendor lets nobody choose.');
const most = integer('The vendor’s largest page. Default: 100.', 1, 1_000);

const by = (
  name: string,
  description: string,
  required: readonly string[],
  more: Readonly<Record<string, JsonSchema>>,
): JsonSchema => ({
  ...closed(['by', ...required], { by: { const: name }, ...more }),
  description,
});

const pages: JsonSchema = {
  description: 'How the vendor cuts the list.',
  type: 'object',
  required: ['by'],
  discriminator: { propertyName: 'by' },
  oneOf: [
    by('none', 'The list comes whole.', [], {}),
    by('cursor', 'An opaque cursor in the answer.', ['at', 'next'], {
      at,
      size,
      most,
      next: pointer('Where the answer has the next page’s cursor; empty or absent on the last.'),
    }),
    by('offset', 'Items counted from zero.', ['at', 'size'], {
      at,
      size,
      most,
      total: pointer('Where the answer says how many there are. Left out: a page that is not full is the last.'),
    }),
    by('number', 'Pages counted from one.', ['at', 'size'], {
      at,
      size,
      most,
      more: pointer('Where the answer says true while there are more. Left out: a page that is not full is the last.'),
    }),
    by('link', 'A Link header (RFC 8288) names the next page; its parameter `at` is taken from it.', ['at'], {
      at,
      size,
      most,
    }),
  ],
};

const listCall: JsonSchema = {
  ...closed(['path', 'items', 'value', 'pages'], {
    endpoint: endpointName,
    path: path('Path below the endpoint. `{key}` is what was picked for that key of `depends_on`.'),
    query: parameters('Query parameters; a value `{key}` is what was picked for that key of `depends_on`.'),
    search: parameter(
      'The query parameter for words to search by. Left out: the vendor searches nothing, and we filter.',
    ),
    items: pointer('Where the answer has the list.'),
    value: pointer('Where an item has what a spec stores: the vendor’s stable id.'),
    label: pointer('Where an item has what people see. Default: the value.'),
    text: pointer('Where an item has a line about it.'),
    archived: pointer('Where an item says true when it is archived.'),
    pages,
  }),
  description: 'The call that lists the values, by GET.',
};

const resolve: JsonSchema = {
  description: 'How single values are looked up. Default: in the list, up to ten pages deep.',
  type: 'object',
  required: ['by'],
  discriminator: { propertyName: 'by' },
  oneOf: [
    by('list', 'In the list, up to ten pages deep.', [], {}),
    by('path', 'By a call for one value, by GET.', ['path'], {
      path: path(
        'Path below the endpoint; `{value}` is the value, `{key}` what was picked for that key of `depends_on`.',
      ),
      item: pointer('Where the answer has the item. Default: the answer is it.'),
    }),
  ],
};

export const reference: JsonSchema = closed(['name', 'title', 'description', 'list'], {
  name: itemName('Name of the reference type'),
  title: title('What people see.'),
  description: sentence('What it is.'),
  scopes,
  depends_on: list(
    'What must be picked before.',
    closed(['key', 'type'], {
      key: key('What the path and the query call it.'),
      type: itemName('A reference type'),
      required: { type: 'boolean', description: 'Default: true.' },
    }),
    8,
  ),
  list: listCall,
  resolve,
});
