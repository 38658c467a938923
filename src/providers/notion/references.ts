import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { byCursor, whole } from '../kit/page_rules.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import { restLookup } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const pages = byCursor({ size: 'page_size', most: 100, at: 'start_cursor', next: ['next_cursor'] });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;
const ofDataSource = [{ key: 'data_source', type: 'notion.data_source', required: true }];

/** Notion refuses a call for what is no UUID, instead of not finding it. */
const uuid = (value: string | undefined): string => {
  if (/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value ?? '')) return String(value);
  throw new ProviderError({ kind: 'not_found' }, new Error('it is not a UUID'));
};

/** The last 32 digits of a page's address. */
const idOfUrl = (url: URL): string | undefined => {
  const [, a, b, c, d, e] =
    /(?:^|[/-])([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(url.pathname) ?? [];
  return a === undefined ? undefined : [a, b, c, d, e].join('-').toLowerCase();
};

const words = (value: unknown): string =>
  (Array.isArray(value) ? value : []).map(each => optionalString(at(each, 'plain_text')) ?? '').join('');
const stateOf = (node: Json) => (node.in_trash === true || node.archived === true ? 'ARCHIVED' : 'PRESENT');

const page = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  const properties = isObject(node.properties) ? Object.values(node.properties) : [];
  const title = words(
    at(
      properties.find(each => at(each, 'type') === 'title'),
      'title',
    ),
  );
  return { value, label: title || 'Untitled', state: stateOf(node) };
};
const dataSource = (node: Json): ReferenceItem => {
  const parent = optionalString(at(node.parent, 'database_id'));
  const item = {
    value: readString(node.id, 'id'),
    label: words(node.title) || 'Untitled',
    state: stateOf(node),
  } as const;
  return parent === undefined ? item : { ...item, metadata: { database: parent } };
};

/** What was shared with the connection, found by title. */
const found = (object: string, path: string, item: (node: Json) => ReferenceItem) =>
  restLookup({
    path: '/search',
    json: ({ q }) => ({ query: q, filter: { property: 'object', value: object } }),
    pages,
    items: ['results'],
    item,
    one: id => `${path}/${uuid(id)}`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'notion.page',
    title: 'Page',
    description: 'A page that was shared with the connection, by its title.',
    ...found('page', '/pages', page),
    valueOfUrl: idOfUrl,
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'notion.data_source',
    title: 'Data source',
    description: 'A table of a database that was shared with the connection, by its title.',
    ...found('data_source', '/data_sources', dataSource),
  },
  {
    ...type,
    name: 'notion.property',
    title: 'Property',
    description: 'A property, or column, of a data source.',
    dependsOn: ofDataSource,
    ...restLookup({
      path: ({ data_source: id }) => `/data_sources/${uuid(id)}`,
      pages: whole,
      items: body => Object.values(readObject(at(body, 'properties'), 'properties')),
      item: (node, { data_source: parent }) => ({
        value: readString(node.id, 'id'),
        label: readString(node.name, 'name'),
        description: readString(node.type, 'type'),
        parent,
        state: 'PRESENT',
      }),
    }),
  },
  {
    ...type,
    name: 'notion.template',
    title: 'Template',
    description: 'A page template of a data source.',
    dependsOn: ofDataSource,
    ...restLookup({
      path: ({ data_source: id }) => `/data_sources/${uuid(id)}/templates`,
      pages,
      items: ['templates'],
      item: (node, { data_source: parent }) => ({
        value: readString(node.id, 'id'),
        label: optionalString(node.name) ?? 'Untitled',
        parent,
        state: 'PRESENT',
      }),
    }),
  },
  {
    ...type,
    name: 'notion.user',
    title: 'User',
    description: 'A member or bot of the workspace.',
    ...restLookup({
      path: '/users',
      pages,
      items: ['results'],
      item: node => {
        const value = readString(node.id, 'id');
        const email = optionalString(at(node.person, 'email'));
        const label = optionalString(node.name) ?? email ?? value;
        return { value, label, state: 'PRESENT', ...(email !== undefined && { description: email }) };
      },
      one: id => `/users/${uuid(id)}`,
    }),
  },
];
