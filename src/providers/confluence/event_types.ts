import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/** What is read, by the API's path: the object's name, the scope, and what it is called. */
export const KINDS = [
  { path: 'pages', object: 'page', scope: 'read:page:confluence', a: 'A page' },
  { path: 'blogposts', object: 'blogpost', scope: 'read:blogpost:confluence', a: 'A blog post' },
  { path: 'footer-comments', object: 'comment', scope: 'read:comment:confluence', a: 'A comment' },
  { path: 'inline-comments', object: 'inline_comment', scope: 'read:comment:confluence', a: 'A comment on a text' },
  { path: 'attachments', object: 'attachment', scope: 'read:attachment:confluence', a: 'A file' },
] as const;

const payload: JsonSchema = output(['id', 'version'], {
  id: field('string', 'Id'),
  status: field('string', 'current, archived, trashed, ...'),
  title: field('string', 'Title'),
  spaceId: field('string', 'Space it lies in'),
  parentId: field(['string', 'null'], 'What it lies under'),
  pageId: field('string', 'Page it is on'),
  blogPostId: field('string', 'Blog post it is on'),
  authorId: field('string', 'Account of who made it'),
  createdAt: field('string', 'When it was made'),
  version: output(['number', 'createdAt'], {
    number: field('integer', 'From 1'),
    createdAt: field('string', 'When it was written'),
    authorId: field('string', 'Account of who wrote it'),
    message: field('string', 'What they said of it'),
    minorEdit: field('boolean', 'Whether nobody was told'),
  }),
});

const gone = { trashed: 'was moved to the trash', archived: 'was archived', restored: 'was brought back' };

export const eventTypes: readonly EventType[] = [
  ...KINDS.flatMap(({ object, scope, a }) =>
    eventTypesOf(
      `confluence.${object}`,
      { created: `${a} was made.`, updated: `${a} was changed; several changes between two readings are one.` },
      payload,
      { scopes: [scope] },
    ),
  ),
  // Lists do not tell of it, and webhooks are for Connect and Forge apps only.
  ...KINDS.slice(0, 2).flatMap(({ object, scope, a }) =>
    eventTypesOf(
      `confluence.${object}`,
      Object.fromEntries(Object.entries(gone).map(([verb, what]) => [verb, `${a} ${what}.`])),
      payload,
      { scopes: [scope], runtimeState: 'PLANNED' },
    ),
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object, verb] = name.split('.');
  const isNew = verb === 'created';
  return {
    payload: {
      id: '98304',
      status: 'current',
      title: 'Release notes',
      ...(object === 'page' || object === 'blogpost'
        ? { spaceId: '65538', authorId: '5b10ac8d82e05b22cc7d4ef5' }
        : { pageId: '98305' }),
      createdAt: isNew ? '2026-05-04T03:02:01.000Z' : '2026-05-01T08:00:00.000Z',
      version: {
        number: isNew ? 1 : 4,
        createdAt: '2026-05-04T03:02:01.000Z',
        authorId: '5b10ac8d82e05b22cc7d4ef5',
        message: '',
        minorEdit: false,
      },
    },
    meta: { version: isNew ? '1' : '4' },
  };
});
