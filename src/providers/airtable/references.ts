import { at } from '../kit/meta.ts';
import { byCursor, whole } from '../kit/page_rules.ts';
import { isObject, type Json, optionalString, readArray, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: ['schema.bases:read'] } as const;
const ofBase = { key: 'base', type: 'airtable.base', required: true };
const ofTable = { key: 'table', type: 'airtable.table', required: true };

const named = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  return { value, label: optionalString(node.name) ?? value, state: 'PRESENT' };
};

/** Fields and views stand in the list of tables. */
const partsOfTable = (part: 'fields' | 'views') =>
  restLookup({
    path: ({ base }) => `/meta/bases/${segment(base)}/tables`,
    pages: whole,
    items: (body, { table }) => {
      const found = readArray(at(body, 'tables'), 'tables').find(each => isObject(each) && each.id === table);
      return at(found, part) ?? [];
    },
    item: (node, { table }) => ({ ...named(node), description: optionalString(node.type), parent: table }),
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'airtable.base',
    title: 'Base',
    description: 'A base that was granted.',
    dependsOn: [],
    ...restLookup({
      path: '/meta/bases',
      pages: byCursor({ at: 'offset', next: ['offset'] }),
      items: ['bases'],
      item: named,
    }),
    valueOfUrl: url => /^\/(app\w{14})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'airtable.table',
    title: 'Table',
    description: 'A table of a base.',
    dependsOn: [ofBase],
    ...restLookup({
      path: ({ base }) => `/meta/bases/${segment(base)}/tables`,
      pages: whole,
      items: ['tables'],
      item: (node, { base }) => ({ ...named(node), parent: base }),
    }),
    valueOfUrl: url => /^\/app\w{14}\/(tbl\w{14})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'airtable.field',
    title: 'Field',
    description: 'A field of a table.',
    dependsOn: [ofBase, ofTable],
    ...partsOfTable('fields'),
  },
  {
    ...type,
    name: 'airtable.view',
    title: 'View',
    description: 'A view of a table.',
    dependsOn: [ofBase, ofTable],
    ...partsOfTable('views'),
  },
  {
    ...type,
    scopes: ['data.records:read'],
    name: 'airtable.record',
    title: 'Record',
    description: 'A record of a table, by its first field.',
    dependsOn: [ofBase, ofTable],
    ...restLookup({
      path: ({ base, table }) => `/${segment(base)}/${segment(table)}`,
      pages: byCursor({ size: 'pageSize', most: 100, at: 'offset', next: ['offset'] }),
      items: ['records'],
      item: (node, { table }) => ({ ...labelled(node), parent: table }),
      one: (id, { base, table }) => `/${segment(base)}/${segment(table)}/${segment(id)}`,
    }),
  },
];

/** Which field is the first one only the schema tells: the first text stands for it. */
function labelled(node: Json): ReferenceItem {
  const value = readString(node.id, 'id');
  const texts = isObject(node.fields) ? Object.values(node.fields).map(optionalString) : [];
  return { value, label: texts.find(text => text !== undefined)?.slice(0, 200) ?? value, state: 'PRESENT' };
}
