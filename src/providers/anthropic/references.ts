import { byCursor, byLastId } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const byId = byLastId({ size: 'limit', most: 100, at: 'after_id', more: ['has_more'] });
const byPage = byCursor({ size: 'limit', most: 100, at: 'page', next: ['next_page'] });

const item =
  (label: string, description: string) =>
  (node: Json): ReferenceItem => {
    const value = readString(node.id, 'id');
    const more = optionalString(node[description]);
    return {
      value,
      label: optionalString(node[label]) ?? value,
      ...(more !== undefined && { description: more }),
      state: node.lifecycle === 'retired' || optionalString(node.archived_at) !== undefined ? 'ARCHIVED' : 'PRESENT',
    };
  };

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'anthropic.model',
    title: 'Model',
    description: 'A model the key may use.',
    ...restLookup({
      path: '/v1/models',
      pages: byId,
      items: ['data'],
      item: item('display_name', 'lifecycle'),
      one: id => `/v1/models/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'anthropic.batch',
    title: 'Batch',
    description: 'A batch of messages of the last days.',
    ...restLookup({
      path: '/v1/messages/batches',
      pages: byId,
      items: ['data'],
      item: item('id', 'processing_status'),
      one: id => `/v1/messages/batches/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'anthropic.file',
    title: 'File',
    description: 'A file of the workspace.',
    ...restLookup({
      path: '/v1/files',
      pages: byPage,
      items: ['data'],
      item: item('filename', 'mime_type'),
      one: id => `/v1/files/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'anthropic.skill',
    title: 'Skill',
    description: 'A skill that models can be given.',
    ...restLookup({
      path: '/v1/skills',
      pages: byPage,
      items: ['data'],
      item: item('display_title', 'source'),
      one: id => `/v1/skills/${segment(id)}`,
    }),
  },
];
