import { at } from '../kit/meta.ts';
import { whole } from '../kit/page_rules.ts';
import { isObject, type Json, optionalString, readArray, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType, ReferenceValues } from '../provider.ts';
import { containing, DATA, named, quoted, soql } from './soql.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: ['api'], dependsOn: [] } as const;
const ofObject = { key: 'object', type: 'salesforce.object', required: true };
const ofField = { key: 'field', type: 'salesforce.field', required: true };

type Source = { readonly object: string; readonly label: string; readonly condition?: string };

/** Records of an object in the order of their ids, which go on where the page before ended. */
async function records(call: ProviderCall, { object, label, condition }: Source, query: ReferenceQuery) {
  const size = Math.min(Math.max(1, query.pageSize), 100);
  const conditions = [
    ...(condition === undefined ? [] : [condition]),
    ...(query.q.trim() === '' ? [] : [`${label} LIKE ${containing(query.q.trim())}`]),
    ...(query.cursor === undefined ? [] : [`Id > ${quoted(query.cursor)}`]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const found = await soql(call, `SELECT Id, ${label} FROM ${object}${where} ORDER BY Id LIMIT ${size}`);
  const items = found.map(record => item(record, label));
  const last = items.at(-1);
  return last === undefined || items.length < size ? { items } : { items, nextCursor: last.value };
}

async function resolved(call: ProviderCall, { object, label }: Source, { values }: ReferenceValues) {
  const ids = values.filter(value => /^[A-Za-z0-9]{15,18}$/.test(value));
  if (ids.length === 0) return [];
  const found = await soql(call, `SELECT Id, ${label} FROM ${object} WHERE Id IN (${ids.map(quoted).join(', ')})`);
  return found.map(record => item(record, label));
}

function item(record: Json, label: string): ReferenceItem {
  const value = readString(record.Id, 'Id');
  return { value, label: optionalString(record[label]) ?? value, state: 'PRESENT' };
}

/** The field that names the object’s records. */
async function sourceOf(call: ProviderCall, object: string | undefined): Promise<Source> {
  const fields = await fieldsOf(call, object);
  const naming = fields.find(field => at(field, 'nameField') === true);
  return { object: named(object), label: named(optionalString(at(naming, 'name')) ?? 'Id') };
}

async function fieldsOf(call: ProviderCall, object: string | undefined): Promise<readonly unknown[]> {
  const { body } = await call.fetch(`${call.endpoints.api}${DATA}/sobjects/${named(object)}/describe`);
  return readArray(at(body, 'fields'), 'fields');
}

/** Noun, object, the field that names it, and which of them count. */
const KINDS = [
  ['account', 'Account', 'Name', 'A company or person that one does business with.'],
  ['contact', 'Contact', 'Name', 'A person of an account.'],
  ['lead', 'Lead', 'Name', 'Somebody who may become a customer.'],
  ['opportunity', 'Opportunity', 'Name', 'A deal.'],
  ['case', 'Case', 'CaseNumber', 'A request of a customer, by its number.'],
  ['campaign', 'Campaign', 'Name', 'A campaign.'],
  ['user', 'User', 'Name', 'A user who is active.', 'IsActive = true'],
] as const;

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'salesforce.object',
    title: 'Object',
    description: 'A kind of record, such as Account, or one of the organization’s own.',
    ...restLookup({
      path: `${DATA}/sobjects`,
      pages: whole,
      items: ['sobjects'],
      item: node => {
        const value = readString(node.name, 'name');
        return { value, label: optionalString(node.label) ?? value, state: 'PRESENT' };
      },
      one: name => `${DATA}/sobjects/${segment(name)}`,
      oneAt: ['objectDescribe'],
    }),
  },
  {
    ...type,
    name: 'salesforce.field',
    title: 'Field',
    description: 'A field of an object.',
    dependsOn: [ofObject],
    ...restLookup({
      path: ({ object }) => `${DATA}/sobjects/${named(object)}/describe`,
      pages: whole,
      items: ['fields'],
      item: (node, { object }) => {
        const value = readString(node.name, 'name');
        const label = optionalString(node.label) ?? value;
        return { value, label, description: optionalString(node.type), parent: object, state: 'PRESENT' };
      },
    }),
  },
  {
    ...type,
    name: 'salesforce.picklist_value',
    title: 'Picklist value',
    description: 'A value that a field may have.',
    dependsOn: [ofObject, ofField],
    ...restLookup({
      path: ({ object }) => `${DATA}/sobjects/${named(object)}/describe`,
      pages: whole,
      items: (body, { field }) => {
        const found = readArray(at(body, 'fields'), 'fields').find(each => isObject(each) && each.name === field);
        return at(found, 'picklistValues') ?? [];
      },
      item: (node, { field }) => {
        const value = readString(node.value, 'value');
        const state = node.active === false ? 'ARCHIVED' : 'PRESENT';
        return { value, label: optionalString(node.label) ?? value, parent: field, state };
      },
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'salesforce.record',
    title: 'Record',
    description: 'A record of an object, by the field that names it.',
    dependsOn: [ofObject],
    list: async (call, query) => records(call, await sourceOf(call, query.dependsOn.object), query),
    resolve: async (call, query) => resolved(call, await sourceOf(call, query.dependsOn.object), query),
    valueOfUrl: url => /\/lightning\/r\/(?:\w+\/)?([A-Za-z0-9]{15,18})(?:\/|$)/.exec(url.pathname)?.[1],
  },
  ...KINDS.map(([noun, object, label, description, condition]): ReferenceType => {
    const source = { object, label, ...(condition !== undefined && { condition }) };
    return {
      ...type,
      search: 'PROVIDER',
      name: `salesforce.${noun}`,
      title: object,
      description,
      list: (call, query) => records(call, source, query),
      resolve: (call, query) => resolved(call, source, query),
    };
  }),
];
