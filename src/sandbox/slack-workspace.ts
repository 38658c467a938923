import type { SandboxContext } from './context.ts';
import { type Inner, innerTokens, rotate, startInner } from './inner.ts';
import type { SlackWorkspace } from './world.ts';

export const slackAppId = 'A0MOBIUSDEV';

/** One emulated workspace, called as the app's bot. */
export interface Workspace {
  facts: SlackWorkspace;
  call(method: string, params: URLSearchParams): Promise<Response>;
  close(): Promise<void>;
}

interface Listing {
  channels: { id: string; name: string }[];
  members: { id: string; name: string }[];
  team: { id: string };
}

/** Starts the package's Slack with this workspace in it and teaches it our stable ids. */
export async function startWorkspace(facts: SlackWorkspace, context: SandboxContext): Promise<Workspace> {
  const bots = innerTokens('xoxb-inner');
  const admin = 'xoxp-inner-admin';
  const seed = {
    slack: {
      team: { name: facts.name, domain: facts.domain },
      users: facts.users.map(({ name, realName }) => ({
        name,
        real_name: realName,
        email: `${name}@${facts.domain}.example`,
      })),
      channels: facts.channels.map(({ name, isPrivate }) => ({ name, is_private: isPrivate })),
      oauth_apps: [
        {
          app_id: slackAppId,
          client_id: context.state.secrets.slack.clientId,
          client_secret: context.state.secrets.slack.clientSecret,
          name: 'Mobius',
          redirect_uris: [],
          bot_id: facts.botId,
          bot_user_id: facts.botUserId,
          bot_name: 'mobius',
        },
      ],
      tokens: [
        ...bots.map(token => ({
          token,
          user: facts.botUserId,
          app_id: slackAppId,
          bot_id: facts.botId,
          bot_user_id: facts.botUserId,
        })),
        { token: admin, user: 'U000000001' },
      ],
    },
  };
  const inner = await startInner('slack', seed, context.base('slack'), context.fetch);
  const ask = async <T>(method: string, params: Record<string, string>): Promise<T> => {
    const body = (await (await post(inner, admin, method, new URLSearchParams(params))).json()) as T & { ok: boolean };
    if (!body.ok) throw new Error(`sandbox: Slack ${method} failed while seeding`);
    return body;
  };
  const every = { types: 'public_channel,private_channel', limit: '1000' };
  const { channels } = await ask<Listing>('conversations.list', every);
  const { members } = await ask<Listing>('users.list', { limit: '1000' });
  const { team } = await ask<Listing>('team.info', {});
  for (const { id, name } of channels) {
    const wanted = facts.channels.find(channel => channel.name === name);
    if (wanted?.isPrivate || name === 'general') {
      await ask('conversations.invite', { channel: id, users: facts.botUserId });
    }
    if (wanted?.isArchived) await ask('conversations.archive', { channel: id });
  }
  inner.learn([[team.id, facts.teamId], ...sameName(channels, facts.channels), ...sameName(members, facts.users)]);
  const next = rotate(bots);
  return {
    facts,
    close: inner.close,
    async call(method, params) {
      const answer = await post(inner, next(), method, params);
      if (answer.status === 404) return Response.json({ ok: false, error: 'unknown_method', req_method: method });
      return answer;
    },
  };
}

function post(inner: Inner, token: string, method: string, body: URLSearchParams): Promise<Response> {
  const request = new Request(`http://slack.invalid/api/${method}`, { method: 'POST', body });
  return inner.send(request, `Bearer ${token}`);
}

function* sameName(
  found: readonly { id: string; name: string }[],
  wanted: readonly { id: string; name: string }[],
): Generator<[string, string]> {
  for (const { id, name } of found) {
    const match = wanted.find(each => each.name === name);
    if (match) yield [id, match.id];
  }
}
