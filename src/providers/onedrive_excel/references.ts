import { at, metaOf } from '../kit/meta.ts';
import { byNextLink } from '../kit/next_link.ts';
import { isObject, type Json, optionalString, readArray, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import { personPath } from '../kit/tenant_consent.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';
import { FILES } from './auth.ts';

type Config = Readonly<Record<string, unknown>>;

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [FILES], dependsOn: [] } as const;
const ofWorkbook = { key: 'workbook', type: 'onedrive_excel.workbook', required: true };
const ofTable = { key: 'table', type: 'onedrive_excel.table', required: true };
const pages = byNextLink(100);

const itemPath = (config: Config, id: string | undefined): string => `${personPath(config)}/drive/items/${segment(id)}`;

const file = (node: Json): ReferenceItem => ({
  value: readString(node.id, 'id'),
  label: readString(node.name, 'name'),
  metadata: metaOf({ page: node.webUrl, folder: at(node.parentReference, 'path') }),
  state: isObject(node.deleted) ? 'ARCHIVED' : 'PRESENT',
});
const named =
  (parent: string | undefined) =>
  (node: Json): ReferenceItem => {
    const value = readString(node.id, 'id');
    return { value, label: optionalString(node.name) ?? value, parent, state: 'PRESENT' };
  };

const items = {
  pages,
  items: ['value'],
  item: file,
  one: (id: string, _: unknown, config: Config) => itemPath(config, id),
};
const children = restLookup({ ...items, path: (_, config) => `${personPath(config)}/drive/root/children` });
/** Quotes are doubled inside a text of OData. */
const found = (q: string) =>
  restLookup({
    ...items,
    path: (_, config) =>
      `${personPath(config)}/drive/root/search(q='${encodeURIComponent(q.slice(0, 200).replaceAll("'", "''"))}')`,
  });

/** Parts of a workbook, by the path below it. */
const parts = (path: (dependsOn: Readonly<Record<string, string>>) => string, parent: string) =>
  restLookup({
    path: (dependsOn, config) => `${itemPath(config, dependsOn.workbook)}/workbook/${path(dependsOn)}`,
    pages,
    items: ['value'],
    item: (node, dependsOn) => named(dependsOn[parent])(node),
    one: (id, dependsOn, config) =>
      `${itemPath(config, dependsOn.workbook)}/workbook/${path(dependsOn)}/${segment(id)}`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'onedrive_excel.file',
    title: 'File',
    description: 'A file or folder of the drive, by words of its name; without words what lies at its top.',
    list: (call: ProviderCall, query: ReferenceQuery) =>
      (query.q.trim() === '' ? children : found(query.q.trim())).list(call, query),
    resolve: children.resolve,
  },
  {
    ...type,
    name: 'onedrive_excel.folder',
    title: 'Folder',
    description: 'A folder at the top of the drive.',
    ...restLookup({
      ...items,
      path: (_, config) => `${personPath(config)}/drive/root/children`,
      items: body => readArray(at(body, 'value'), 'value').filter(each => isObject(at(each, 'folder'))),
    }),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'onedrive_excel.workbook',
    title: 'Workbook',
    description: 'An Excel file of the drive, by words of its name.',
    list: (call: ProviderCall, query: ReferenceQuery) =>
      found(query.q.trim() === '' ? '.xlsx' : query.q.trim()).list(call, query),
    resolve: children.resolve,
  },
  {
    ...type,
    name: 'onedrive_excel.worksheet',
    title: 'Worksheet',
    description: 'A sheet of a workbook.',
    dependsOn: [ofWorkbook],
    ...parts(() => 'worksheets', 'workbook'),
  },
  {
    ...type,
    name: 'onedrive_excel.table',
    title: 'Table',
    description: 'A table of a workbook.',
    dependsOn: [ofWorkbook],
    ...parts(() => 'tables', 'workbook'),
  },
  {
    ...type,
    name: 'onedrive_excel.column',
    title: 'Column',
    description: 'A column of a table.',
    dependsOn: [ofWorkbook, ofTable],
    ...parts(({ table }) => `tables/${segment(table)}/columns`, 'table'),
  },
];
