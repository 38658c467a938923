import type { SandboxContext } from './context.ts';
import { bearer, type Emulation, emulation, readParams } from './http.ts';
import { authorize, exchange, type OAuthFailure, type OAuthRules } from './oauth.ts';
import { opaque, slackBotToken } from './secrets.ts';
import { slackAppId, startWorkspace, type Workspace } from './slack-workspace.ts';
import type { Token } from './tokens.ts';
import { slackWorkspaces } from './world.ts';

export interface SlackEmulation extends Emulation {
  /** Messages of a channel, newest first, read without the gate. */
  messages(channel: string): Promise<SlackMessage[]>;
}

export interface SlackMessage {
  ts: string;
  text: string;
  user: string;
  thread_ts?: string;
}

/** Bot scopes a method needs. Source: docs.slack.dev/reference/methods. */
const methodScopes: Record<string, readonly string[]> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'conversations.history': ['channels:history'],
  'reactions.add': ['reactions:write'],
  'users.list': ['users:read'],
  'users.info': ['users:read'],
  'usergroups.list': ['usergroups:read'],
  'emoji.list': ['emoji:read'],
};

const typeScopes: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

const failures: Record<OAuthFailure, string> = {
  invalid_client: 'bad_client_secret',
  invalid_code: 'invalid_code',
  invalid_refresh_token: 'invalid_refresh_token',
  redirect_uri_mismatch: 'bad_redirect_uri',
  invalid_request: 'invalid_arguments',
  unsupported_grant_type: 'invalid_grant_type',
};

export async function startSlack(context: SandboxContext): Promise<SlackEmulation> {
  const { book, state } = context;
  const workspaces = await Promise.all(slackWorkspaces.map(each => startWorkspace(each, context)));
  const byName = new Map(workspaces.map(workspace => [workspace.facts.name, workspace]));
  const rules: OAuthRules = {
    provider: 'slack',
    client: { id: state.secrets.slack.clientId, secret: state.secrets.slack.clientSecret },
    accounts: slackWorkspaces.map(workspace => workspace.name),
    scopeSeparator: ',',
    lifeSeconds: offline => (offline ? 43_200 : null),
    refresh: 'rotating',
    wantsRefresh: () => false,
    newAccessToken: slackBotToken,
    newRefreshToken: () => `xoxe-1-${opaque(60)}`,
    answer: (token, refreshed) => ({
      ...installation(byName.get(token.account)!, token),
      ...(refreshed && { refresh_token: refreshed.value, expires_in: secondsLeft(token.expireTimeMs, context.now()) }),
    }),
    fail: failure => refusal(failures[failure]),
  };
  book.seed({
    provider: 'slack',
    kind: 'key',
    value: state.secrets.slack.botToken,
    account: 'Acme',
    client: rules.client.id,
    scopes: [
      'chat:write',
      'channels:read',
      'channels:history',
      'groups:read',
      'users:read',
      'usergroups:read',
      'emoji:read',
      'reactions:write',
    ],
    grant: 'seeded',
    expireTimeMs: null,
  });

  const call = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const method = url.pathname.replace(/^\/api\//, '');
    const params = new URLSearchParams([...url.searchParams, ...(await readParams(request))]);
    const value = bearer(request) || params.get('token') || '';
    if (value === '') return refusal('not_authed');
    const token = book.live('slack', ['access', 'key'], value);
    if (token === undefined) {
      return refusal(book.find('slack', 'access', value)?.state === 'revoked' ? 'token_revoked' : 'invalid_auth');
    }
    const needed = scopesFor(method, params).filter(scope => !token.scopes.includes(scope));
    if (needed.length > 0) {
      return refusal('missing_scope', { needed: needed.join(','), provided: token.scopes.join(',') });
    }
    const answer = await answerCall(method, params, token);
    const headers = new Headers(answer.headers);
    headers.set('x-oauth-scopes', token.scopes.join(','));
    return new Response(answer.body, { status: answer.status, headers });
  };

  const answerCall = async (method: string, params: URLSearchParams, token: Token): Promise<Response> => {
    if (method === 'auth.revoke' || method === 'apps.uninstall') {
      const test = params.get('test') === 'true';
      if (!test) book.revokeGrant(token);
      return Response.json({ ok: true, revoked: !test });
    }
    if (method === 'usergroups.list') {
      const { usergroups } = byName.get(token.account)!.facts;
      const all = params.get('include_disabled') === 'true';
      return Response.json({ ok: true, usergroups: usergroups.filter(({ date_delete }) => all || date_delete === 0) });
    }
    if (method === 'emoji.list') return Response.json({ ok: true, ...emojis(params.get('include_categories')) });
    params.delete('token');
    return byName.get(token.account)!.call(method, params);
  };

  const routes = await emulation('slack', workspaces, app => {
    app.get('/oauth/v2/authorize', c => authorize(rules, context, new URL(c.req.url).searchParams));
    app.post('/api/oauth.v2.access', c => exchange(rules, context, c.req.raw));
    app.get('/api/:method', c => call(c.req.raw));
    app.post('/api/:method', c => call(c.req.raw));
  });
  return {
    ...routes,
    async messages(channel) {
      const home = workspaces.find(({ facts }) => facts.channels.some(({ id }) => id === channel));
      if (home === undefined) throw new Error(`no channel ${channel} in the sandbox`);
      const answer = await home.call('conversations.history', new URLSearchParams({ channel, limit: '1000' }));
      return ((await answer.json()) as { messages: SlackMessage[] }).messages;
    },
  };
}

function installation({ facts }: Workspace, token: Token): Record<string, unknown> {
  return {
    ok: true,
    access_token: token.value,
    token_type: 'bot',
    scope: token.scopes.join(','),
    bot_user_id: facts.botUserId,
    app_id: slackAppId,
    team: { id: facts.teamId, name: facts.name },
    enterprise: null,
    is_enterprise_install: false,
    authed_user: { id: facts.users[0]!.id },
  };
}

function scopesFor(method: string, params: URLSearchParams): string[] {
  if (method !== 'conversations.list') return [...(methodScopes[method] ?? [])];
  const types = (params.get('types') ?? 'public_channel').split(',').map(type => type.trim());
  return types.flatMap(type => typeScopes[type] ?? []);
}

function refusal(error: string, more: Record<string, string> = {}): Response {
  return Response.json({ ok: false, error, ...more });
}

function secondsLeft(expireTimeMs: number | null, now: Date): number {
  return Math.max(0, Math.round(((expireTimeMs ?? 0) - now.getTime()) / 1000));
}

/** Two of the workspace's own, and a few of everybody's where they are asked for. */
function emojis(categories: string | null): object {
  const emoji = { shipit: 'https://emoji.slack-edge.com/T00000000/shipit/1.png', squirrel: 'alias:shipit' };
  const smileys = { name: 'Smileys & People', emoji_names: ['grinning', 'wave', 'eyes', 'thumbsup'] };
  return { emoji, ...(categories === 'true' && { categories: [smileys] }) };
}
