import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { type PageRule, whole } from '../kit/page_rules.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [] } as const;
const inGuild = [{ key: 'guild', type: 'discord.guild', required: true }];

/** An id of Discord's; a call for what is none would be refused. */
const snowflake = (value: string | undefined): string => {
  if (value !== undefined && /^\d{15,20}$/.test(value)) return value;
  throw new ProviderError({ kind: 'not_found' }, new Error('it is not a snowflake'));
};

/** Sorted by id; a page that is full has another after it. */
const afterId = (...id: readonly string[]): PageRule => ({
  ask: ({ pageSize, cursor }) => ({
    limit: limitOf(pageSize),
    ...(cursor !== undefined && { after: snowflake(cursor) }),
  }),
  next: (_, { pageSize }, nodes) =>
    nodes.length < limitOf(pageSize) ? undefined : readString(at(nodes.at(-1), ...id), id.join('.')),
});
const limitOf = (pageSize: number): number => Math.min(Math.max(1, pageSize), 100);

const item = (node: Json, parent?: string): ReferenceItem => {
  const value = readString(node.id, 'id');
  const label = optionalString(node.name) ?? value;
  return { value, label, state: 'PRESENT', ...(parent !== undefined && { parent }) };
};

const CHANNELS: Readonly<Record<number, string>> = {
  0: 'text',
  2: 'voice',
  4: 'category',
  5: 'announcement',
  10: 'announcement thread',
  11: 'thread',
  12: 'private thread',
  13: 'stage',
  14: 'directory',
  15: 'forum',
  16: 'media',
};
const channel = (node: Json, parent?: string): ReferenceItem => {
  const kind = CHANNELS[Number(node.type)];
  const isGone = at(node.thread_metadata, 'archived') === true;
  return {
    ...item(node, parent),
    state: isGone ? 'ARCHIVED' : 'PRESENT',
    ...(kind !== undefined && { description: kind }),
  };
};
const member = (node: Json, parent?: string): ReferenceItem => {
  const value = readString(at(node.user, 'id'), 'user.id');
  const name = optionalString(at(node.user, 'username')) ?? value;
  const label = optionalString(node.nick) ?? optionalString(at(node.user, 'global_name')) ?? name;
  return { value, label, description: `@${name}`, state: 'PRESENT', ...(parent !== undefined && { parent }) };
};

const members = restLookup({
  path: ({ guild }) => `/guilds/${snowflake(guild)}/members`,
  pages: afterId('user', 'id'),
  item: (node, { guild }) => member(node, guild),
  one: (id, { guild }) => `/guilds/${snowflake(guild)}/members/${snowflake(id)}`,
});
/** Those whose name or nickname begins so. */
const foundMembers = restLookup({
  path: ({ guild }) => `/guilds/${snowflake(guild)}/members/search`,
  query: ({ q }) => ({ query: q, limit: 100 }),
  pages: whole,
  item: (node, { guild }) => member(node, guild),
});

/** A list that Discord gives whole. */
const ofGuild = (path: string, read: typeof item, one?: string) =>
  restLookup({
    path: ({ guild }) => `/guilds/${snowflake(guild)}/${path}`,
    pages: whole,
    ...(path.startsWith('threads') && { items: ['threads'] }),
    item: (node, { guild }) => read(node, guild),
    one: (id, { guild }) =>
      one === undefined ? `/guilds/${snowflake(guild)}/${path}/${snowflake(id)}` : `/${one}/${snowflake(id)}`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'discord.guild',
    title: 'Server',
    description: 'A server that the bot is in.',
    dependsOn: [],
    ...restLookup({
      path: '/users/@me/guilds',
      pages: afterId('id'),
      item: node => item(node),
      one: id => `/guilds/${snowflake(id)}`,
    }),
    valueOfUrl: url => /^\/channels\/(\d{15,20})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'discord.channel',
    title: 'Channel',
    description: 'A channel or category of a server; threads aside.',
    dependsOn: inGuild,
    ...ofGuild('channels', channel, 'channels'),
    valueOfUrl: url => /^\/channels\/\d{15,20}\/(\d{15,20})/.exec(url.pathname)?.[1],
  },
  {
    ...type,
    name: 'discord.thread',
    title: 'Thread',
    description: 'A thread of a server that is not put away.',
    dependsOn: inGuild,
    ...ofGuild('threads/active', channel, 'channels'),
  },
  {
    ...type,
    name: 'discord.role',
    title: 'Role',
    description: 'A role of a server.',
    dependsOn: inGuild,
    ...ofGuild('roles', item),
  },
  {
    ...type,
    search: 'PROVIDER',
    name: 'discord.member',
    title: 'Member',
    description: 'A member of a server, by the beginning of the name; the bot needs the Server Members intent.',
    dependsOn: inGuild,
    list: (call: ProviderCall, query: ReferenceQuery) => (query.q === '' ? members : foundMembers).list(call, query),
    resolve: members.resolve,
  },
  {
    ...type,
    name: 'discord.emoji',
    title: 'Emoji',
    description: 'An emoji of a server’s own.',
    dependsOn: inGuild,
    ...ofGuild('emojis', item),
  },
  {
    ...type,
    name: 'discord.scheduled_event',
    title: 'Scheduled event',
    description: 'An event that a server has planned.',
    dependsOn: inGuild,
    ...ofGuild('scheduled-events', item),
  },
];
