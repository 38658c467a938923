import { metaOf } from '../kit/meta.ts';
import { byCursor } from '../kit/page_rules.ts';
import { type Json, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';
import { DRIVE } from './auth.ts';
import { FOLDER } from './kinds.ts';

const FIELDS = 'id,name,mimeType,modifiedTime,trashed,parents';

const pages = byCursor({ size: 'pageSize', most: 100, at: 'pageToken', next: ['nextPageToken'] });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', scopes: [DRIVE], dependsOn: [] } as const;

const file = (node: Json): ReferenceItem => ({
  value: readString(node.id, 'id'),
  label: readString(node.name, 'name'),
  metadata: metaOf({ mime_type: node.mimeType, modified_time: node.modifiedTime }),
  state: node.trashed === true ? 'ARCHIVED' : 'PRESENT',
});

/** Files that fit the condition, by words of their names. */
const files = (condition: string) =>
  restLookup({
    path: '/files',
    query: ({ q }) => ({
      q: [condition, 'trashed = false', ...(q.trim() === '' ? [] : [`name contains '${escaped(q.trim())}'`])].join(
        ' and ',
      ),
      fields: `nextPageToken,files(${FIELDS})`,
      orderBy: 'name',
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
    }),
    pages,
    items: ['files'],
    item: file,
    one: id => `/files/${segment(id)}?fields=${FIELDS}&supportsAllDrives=true`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    search: 'PROVIDER',
    name: 'google_drive.file',
    title: 'File',
    description: 'A file the account may see, by words of its name.',
    ...files(`mimeType != '${FOLDER}'`),
    valueOfUrl: url => /\/d\/([\w-]{10,128})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'google_drive.folder',
    title: 'Folder',
    description: 'A folder the account may see, by words of its name.',
    ...files(`mimeType = '${FOLDER}'`),
    valueOfUrl: url => /\/folders\/([\w-]{10,128})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    search: 'LOCAL',
    name: 'google_drive.shared_drive',
    title: 'Shared drive',
    description: 'A drive that belongs to a team.',
    ...restLookup({
      path: '/drives',
      query: () => ({ fields: 'nextPageToken,drives(id,name,hidden)' }),
      pages,
      items: ['drives'],
      item: node => ({ value: readString(node.id, 'id'), label: readString(node.name, 'name'), state: 'PRESENT' }),
      one: id => `/drives/${segment(id)}?fields=id,name,hidden`,
    }),
  },
];

/** A text inside the quotes of Drive’s query language. */
function escaped(words: string): string {
  return words.slice(0, 200).replaceAll(/[\\']/g, '\\$&');
}
