import { at } from '../kit/meta.ts';
import { byNextAddress } from '../kit/next_address.ts';
import { type Json, optionalString, readId } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';
import { sitePath } from './auth.ts';

const pages = byNextAddress({ at: 'cursor', next: ['_links', 'next'], size: 'limit', most: 250 });
const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL' } as const;
const items = ['results'];

const titled = (node: Json): ReferenceItem => {
  const value = readId(node.id, 'id');
  const space = node.spaceId === undefined ? undefined : readId(node.spaceId, 'spaceId');
  const gone = node.status === 'archived' || node.status === 'trashed';
  return {
    value,
    label: optionalString(node.title) ?? value,
    state: gone ? 'ARCHIVED' : 'PRESENT',
    ...(space !== undefined && { parent: space }),
  };
};
const ofSpace = [{ key: 'space', type: 'confluence.space', required: false }];
const query = ({ dependsOn }: { readonly dependsOn: Readonly<Record<string, string>> }) => ({
  'space-id': dependsOn.space,
});

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'confluence.space',
    title: 'Space',
    description: 'A space of the site.',
    scopes: ['read:space:confluence'],
    dependsOn: [],
    ...restLookup({
      path: (_, config) => `${sitePath(config)}/spaces`,
      pages,
      items,
      item: node => {
        const value = readId(node.id, 'id');
        const key = optionalString(node.key);
        return {
          value,
          label: optionalString(node.name) ?? value,
          state: node.status === 'archived' ? 'ARCHIVED' : 'PRESENT',
          ...(key !== undefined && { description: key }),
        };
      },
      one: (id, _, config) => `${sitePath(config)}/spaces/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'confluence.page',
    title: 'Page',
    description: 'A page, of one space or of all.',
    scopes: ['read:page:confluence'],
    dependsOn: ofSpace,
    ...restLookup({
      path: (_, config) => `${sitePath(config)}/pages`,
      query,
      pages,
      items,
      item: titled,
      one: (id, _, config) => `${sitePath(config)}/pages/${segment(id)}`,
    }),
    valueOfUrl: url => /\/wiki\/spaces\/[^/]+\/pages\/(\d+)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'confluence.blogpost',
    title: 'Blog post',
    description: 'A blog post, of one space or of all.',
    scopes: ['read:blogpost:confluence'],
    dependsOn: ofSpace,
    ...restLookup({
      path: (_, config) => `${sitePath(config)}/blogposts`,
      query,
      pages,
      items,
      item: titled,
      one: (id, _, config) => `${sitePath(config)}/blogposts/${segment(id)}`,
    }),
    valueOfUrl: url => /\/wiki\/spaces\/[^/]+\/blog\/\d+\/\d+\/\d+\/(\d+)/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'confluence.attachment',
    title: 'Attachment',
    description: 'A file on a page.',
    scopes: ['read:attachment:confluence'],
    dependsOn: [{ key: 'page', type: 'confluence.page', required: true }],
    ...restLookup({
      path: ({ page }, config) => `${sitePath(config)}/pages/${segment(page)}/attachments`,
      pages,
      items,
      item: (node, { page }) => {
        const kind = optionalString(at(node, 'mediaType'));
        return { ...titled(node), parent: page, ...(kind !== undefined && { description: kind }) };
      },
      one: (id, _, config) => `${sitePath(config)}/attachments/${segment(id)}`,
    }),
  },
];
