import { at } from '../kit/meta.ts';
import { byCursor, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readId, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const pages = byCursor({ size: 'limit', most: 100, at: 'after', next: ['paging', 'next', 'after'] });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', dependsOn: [] } as const;

/** Kind of object, its path, the scope that reads it, and the properties that name it. */
const kinds = [
  ['contact', 'contacts', 'crm.objects.contacts.read', ['firstname', 'lastname', 'email']],
  ['company', 'companies', 'crm.objects.companies.read', ['name', 'domain']],
  ['deal', 'deals', 'crm.objects.deals.read', ['dealname']],
  ['ticket', 'tickets', 'tickets', ['subject']],
] as const;

const labelled =
  (properties: readonly string[]) =>
  (node: Json): ReferenceItem => {
    const value = readId(node.id, 'id');
    const words = properties.map(name => optionalString(at(node.properties, name))).filter(word => word !== undefined);
    return {
      value,
      label: words.slice(0, 2).join(' ') || value,
      ...(words.length > 2 && { description: words[2] }),
      state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
    };
  };

/** Search wants 3 characters or none, and at most 200 objects a page; we ask for 100. */
const objects: readonly ReferenceType[] = kinds.map(([noun, path, scope, properties]) => ({
  ...type,
  search: 'PROVIDER',
  name: `hubspot.${noun}`,
  title: `${noun[0]?.toUpperCase()}${noun.slice(1)}`,
  description: `A ${noun}, by words of ${properties.join(', ')}.`,
  scopes: [scope],
  ...restLookup({
    path: `/crm/v3/objects/${path}/search`,
    json: ({ q }) => ({ query: q, properties }),
    pages,
    items: ['results'],
    item: labelled(properties),
    one: id => `/crm/v3/objects/${path}/${segment(id)}?properties=${properties.join(',')}`,
  }),
}));

const pipelines: readonly ReferenceType[] = (
  [
    ['deal', 'deals', 'crm.objects.deals.read'],
    ['ticket', 'tickets', 'tickets'],
  ] as const
).flatMap(([noun, path, scope]): ReferenceType[] => [
  {
    ...type,
    name: `hubspot.${noun}_pipeline`,
    title: `Pipeline of ${path}`,
    description: `A pipeline that ${path} go through.`,
    scopes: [scope],
    ...restLookup({
      path: `/crm/v3/pipelines/${path}`,
      pages: whole,
      items: ['results'],
      item: staged,
      one: id => `/crm/v3/pipelines/${path}/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: `hubspot.${noun}_stage`,
    title: `Stage of ${path}`,
    description: `A stage of a pipeline of ${path}.`,
    scopes: [scope],
    dependsOn: [{ key: 'pipeline', type: `hubspot.${noun}_pipeline`, required: true }],
    ...restLookup({
      path: ({ pipeline }) => `/crm/v3/pipelines/${path}/${segment(pipeline)}/stages`,
      pages: whole,
      items: ['results'],
      item: (node, { pipeline }) => ({ ...staged(node), parent: pipeline }),
      one: (id, { pipeline }) => `/crm/v3/pipelines/${path}/${segment(pipeline)}/stages/${segment(id)}`,
    }),
  },
]);

const properties: readonly ReferenceType[] = kinds.slice(0, 3).map(([noun, path]) => ({
  ...type,
  name: `hubspot.${noun}_property`,
  title: `Property of ${path}`,
  description: `A property that ${path} have.`,
  scopes: [`crm.schemas.${path}.read`],
  ...restLookup({
    path: `/crm/v3/properties/${path}`,
    pages: whole,
    items: ['results'],
    item: node => ({
      value: readString(node.name, 'name'),
      label: optionalString(node.label) ?? readString(node.name, 'name'),
      state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
    }),
    one: name => `/crm/v3/properties/${path}/${segment(name)}`,
  }),
}));

export const references: readonly ReferenceType[] = [
  ...objects,
  ...pipelines,
  ...properties,
  {
    ...type,
    name: 'hubspot.owner',
    title: 'Owner',
    description: 'A person that objects can belong to.',
    scopes: ['crm.objects.owners.read'],
    ...restLookup({
      path: '/crm/v3/owners',
      pages,
      items: ['results'],
      item: node => ({
        value: readId(node.id, 'id'),
        label:
          [node.firstName, node.lastName].map(optionalString).filter(Boolean).join(' ') ||
          readString(node.email, 'email'),
        state: node.archived === true ? 'ARCHIVED' : 'PRESENT',
      }),
      one: id => `/crm/v3/owners/${segment(id)}`,
    }),
  },
];

function staged(node: Json): ReferenceItem {
  const value = readId(node.id, 'id');
  const state = node.archived === true ? 'ARCHIVED' : 'PRESENT';
  return { value, label: optionalString(node.label) ?? value, state };
}
