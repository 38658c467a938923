import { at } from '../kit/meta.ts';
import { byNextLink } from '../kit/next_link.ts';
import { whole } from '../kit/page_rules.ts';
import { isObject, type Json, optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../provider.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', dependsOn: [] } as const;
const ofTeam = [{ key: 'team', type: 'microsoft_teams.team', required: true }];

const named = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  const state = node.isArchived === true ? 'ARCHIVED' : 'PRESENT';
  return { value, label: optionalString(node.displayName) ?? value, state };
};

/** A chat without a topic is known by who is in it. */
const chat = (node: Json): ReferenceItem => {
  const value = readString(node.id, 'id');
  const members = (Array.isArray(node.members) ? node.members : []).filter(isObject);
  const names = members.map(({ displayName }) => optionalString(displayName)).filter(name => name !== undefined);
  const label = optionalString(node.topic) ?? (names.join(', ').slice(0, 200) || value);
  return { value, label, description: optionalString(node.chatType), state: 'PRESENT' };
};

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'microsoft_teams.team',
    title: 'Team',
    description: 'A team that the person is in.',
    scopes: ['Team.ReadBasic.All'],
    ...restLookup({
      path: '/me/joinedTeams',
      pages: whole,
      items: ['value'],
      item: named,
      one: id => `/teams/${segment(id)}`,
    }),
    valueOfUrl: url => url.searchParams.get('groupId') ?? undefined,
  },
  {
    ...type,
    name: 'microsoft_teams.channel',
    title: 'Channel',
    description: 'A channel of a team.',
    scopes: ['Channel.ReadBasic.All'],
    dependsOn: ofTeam,
    ...restLookup({
      path: ({ team }) => `/teams/${segment(team)}/channels`,
      pages: whole,
      items: ['value'],
      item: (node, { team }) => ({ ...named(node), parent: team }),
      one: (id, { team }) => `/teams/${segment(team)}/channels/${segment(id)}`,
    }),
    valueOfUrl: url => {
      const found = /\/channel\/([^/]+)/.exec(url.pathname)?.[1];
      return found === undefined ? undefined : decodeURIComponent(found);
    },
  },
  {
    ...type,
    name: 'microsoft_teams.chat',
    title: 'Chat',
    description: 'A chat that the person is in.',
    scopes: ['Chat.ReadWrite'],
    ...restLookup({
      path: '/me/chats',
      query: () => ({ $expand: 'members' }),
      pages: byNextLink(50),
      items: ['value'],
      item: chat,
      one: id => `/me/chats/${segment(id)}?$expand=members`,
    }),
  },
  {
    ...type,
    name: 'microsoft_teams.team_member',
    title: 'Member of a team',
    description: 'A person in a team.',
    scopes: ['TeamMember.Read.All'],
    dependsOn: ofTeam,
    ...restLookup({
      path: ({ team }) => `/teams/${segment(team)}/members`,
      pages: byNextLink(100),
      items: ['value'],
      item: (node, { team }) => ({
        ...named(node),
        description: optionalString(at(node, 'email')),
        parent: team,
      }),
      one: (id, { team }) => `/teams/${segment(team)}/members/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'microsoft_teams.user',
    title: 'Person',
    description: 'A person of the organization.',
    scopes: ['User.ReadBasic.All'],
    ...restLookup({
      path: '/users',
      query: () => ({ $select: 'id,displayName,mail,userPrincipalName' }),
      pages: byNextLink(100),
      items: ['value'],
      item: node => ({ ...named(node), description: optionalString(node.userPrincipalName) }),
      one: id => `/users/${segment(id)}?$select=id,displayName,mail,userPrincipalName`,
    }),
  },
];
