import { noticeSubscriptions } from '../kit/change_notices.ts';
import { at } from '../kit/meta.ts';
import { optionalString, readArray, readString } from '../kit/read.ts';
import { segment } from '../kit/rest_lookup.ts';
import type { ProviderCall } from '../provider.ts';
import type { Target } from '../subscription.ts';
import { eventTypes } from './events.ts';

/** Longer lives need an address of their own for what becomes of the subscription. */
const HOUR_MS = 3_600_000;
const MAX_TEAMS = 20;
const MAX_CHANNELS = 80;
const MAX_CHATS = 50;

/** For each team its own changes, its channels, its members and the messages of each channel; and each chat’s messages. */
export const subscriptions = noticeSubscriptions({
  authKinds: ['OAUTH2'],
  scopes: [
    'Team.ReadBasic.All',
    'Channel.ReadBasic.All',
    'ChannelMessage.Read.All',
    'TeamMember.Read.All',
    'Chat.ReadWrite',
  ],
  lifeMs: HOUR_MS,
  targets: async call => {
    const teams = (await named(call, '/me/joinedTeams')).slice(0, MAX_TEAMS);
    const ofTeams = teams.flatMap(({ id, name }) => {
      const path = `/teams/${id}`;
      return [
        target(path, name, 'team', 'updated,deleted'),
        target(`${path}/channels`, `Channels of ${name}`, 'channel'),
        target(`${path}/members`, `Members of ${name}`, 'team_member'),
      ];
    });
    const ofChannels: Target[] = [];
    for (const team of teams) {
      for (const channel of await named(call, `/teams/${segment(team.id)}/channels`)) {
        const path = `/teams/${team.id}/channels/${channel.id}/messages`;
        ofChannels.push(target(path, `${team.name}, ${channel.name}`, 'channel_message'));
      }
    }
    const chats = (await named(call, '/me/chats')).slice(0, MAX_CHATS);
    const ofChats = chats.map(({ id, name }) => target(`/chats/${id}/messages`, name, 'chat_message'));
    return [...ofChannels.slice(0, MAX_CHANNELS), ...ofChats, ...ofTeams];
  },
});

function target(resource: string, label: string, kind: string, changes = 'created,updated,deleted'): Target {
  const names = eventTypes.map(({ name }) => name).filter(name => name.startsWith(`microsoft_teams.${kind}.`));
  return { key: resource, label, eventTypes: names, settings: { resource, changes } };
}

async function named(
  call: ProviderCall,
  path: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const { body } = await call.fetch(`${call.endpoints.api}${path}`);
  return readArray(at(body, 'value'), 'value').map(each => {
    const id = readString(at(each, 'id'), 'id');
    return { id, name: optionalString(at(each, 'displayName')) ?? optionalString(at(each, 'topic')) ?? id };
  });
}
