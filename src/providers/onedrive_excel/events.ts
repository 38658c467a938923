import { changeNotices } from '../kit/change_notices.ts';
import { eventType, eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';
import { FILES } from './auth.ts';

/** A drive’s notice names no file and says only that there is something to read: see feed.ts. */
export const webhook = changeNotices('Subscription to the drive of the person', () => undefined);

const item = output(['id'], {
  id: field('string', 'File id'),
  name: field('string', 'Name'),
  createdDateTime: field('string', 'When it was made'),
  lastModifiedDateTime: field('string', 'When it last changed'),
  size: field('integer', 'Bytes'),
  webUrl: field('string', 'Page of the file'),
  eTag: field('string', 'Version'),
  parentReference: field('object', 'Folder it is in: id, path'),
  lastModifiedBy: field('object', 'Who changed it'),
  file: field('object', 'Of files: mimeType'),
  folder: field('object', 'Of folders: childCount'),
  deleted: field('object', 'Of what was deleted'),
});
const type = { scopes: [FILES] };
const verbs = (a: string) => ({
  created: `${a} was made.`,
  updated: `${a} changed: its content, its name, its place.`,
});

export const eventTypes: readonly EventType[] = [
  ...eventTypesOf('onedrive_excel.workbook', verbs('An Excel file'), item, type),
  ...eventTypesOf('onedrive_excel.folder', verbs('A folder'), item, type),
  ...eventTypesOf('onedrive_excel.file', verbs('A file of another kind'), item, type),
  eventType('onedrive_excel.item.deleted', 'A file or folder was deleted.', item, type),
  // Graph tells of no rows: they would have to be found by comparing.
  eventType('onedrive_excel.row.added', 'A row was added to a table.', output([], {}), {
    ...type,
    runtimeState: 'PLANNED',
  }),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, kind = '', verb = ''] = name.split('.');
  const time = '2026-05-04T03:02:01.000Z';
  const id = '01SAMPLEITEM0000000000000000000001';
  const extension = { workbook: '.xlsx', file: '.pdf' }[kind] ?? '';
  const facets = kind === 'folder' ? { folder: { childCount: 0 } } : { file: { mimeType: 'application/octet-stream' } };
  const details = {
    name: `Report${extension}`,
    createdDateTime: verb === 'created' ? time : '2026-01-05T10:00:00.000Z',
    lastModifiedDateTime: time,
    size: 2048,
    eTag: '"{SAMPLE},2"',
    parentReference: { id: '01SAMPLEROOT', path: '/drive/root:' },
    ...facets,
  };
  return {
    payload: { id, ...(verb === 'deleted' ? { deleted: { state: 'deleted' } } : details) },
    meta: { item: id },
  };
});
