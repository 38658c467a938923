import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { networkFetch } from '../src/outbound.ts';

export type Channel = {
  readonly id: string;
  name: string;
  isArchived: boolean;
  /** The app may not see it any more. */
  isHidden?: boolean;
};

/** A workspace of Slack, as far as pickers see it: channels, their pages, its rate limit and its events. */
export type SlackWorkspace = {
  readonly channels: Map<string, Channel>;
  /**
   * Pages of the channel list that were answered, calls that were refused for their rate, and those for the list that came
   * before the wait was over that a refusal had named.
   */
  readonly answered: { pages: number; throttled: number; stormed: number; early: number };
  /** Calls it answers in a minute of `now`; more are refused with Retry-After. */
  limitPerMinute: number;
  /** So many of the next calls are refused, whatever the rate. */
  storm: number;
  /** The clock that the rate is counted by. */
  now: () => number;
  /** Of `slack` in a platform file, and such a file for MOBIUS_PLATFORM_FILE. */
  readonly settings: { readonly endpoints: Record<string, string>; readonly app: Record<string, string> };
  readonly platformFile: string;
  /** Called with each method before it is answered; what it throws breaks the connection. */
  before: (method: string, form: URLSearchParams) => void | Promise<void>;
  readonly botToken: string;
  /** Delivers an event as Slack does, to a process's edge; answers the status. */
  deliver(edge: string, event: object, occurMs?: number, eventId?: string): Promise<number>;
  close(): Promise<void>;
};

const teamId = 'T0PROOF';
const signingSecret = 'proof-signing-secret-1f2e3d4c5b6a';

export async function startSlackWorkspace(names: readonly string[]): Promise<SlackWorkspace> {
  const dir = mkdtempSync(join(tmpdir(), 'mobius-slack-'));
  const server = createServer((req, res) => {
    answer(req).then(
      ({ status = 200, headers = {}, body }) => {
        res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      },
      (error: unknown) => res.destroy(error as Error),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const platformFile = join(dir, 'platform.yaml');
  const app = { client_id: 'slack-app', client_secret: 'slack-app-secret-5b6a7c8d9e0f', signing_secret: signingSecret };
  const settings = { endpoints: { api: url, web: url }, app };
  writeFileSync(platformFile, stringify({ providers: { slack: settings } }), { mode: 0o600 });
  let minute = { start: 0, calls: 0 };
  let deliveries = 0;
  let waitEndMs = 0;

  const isThrottled = (): number | undefined => {
    if (workspace.storm > 0) {
      workspace.storm -= 1;
      workspace.answered.stormed += 1;
      return 30;
    }
    const now = workspace.now();
    if (now - minute.start >= 60_000) minute = { start: now, calls: 0 };
    minute.calls += 1;
    return minute.calls > workspace.limitPerMinute ? Math.ceil((minute.start + 60_000 - now) / 1_000) : undefined;
  };

  const answer = async (req: IncomingMessage) => {
    const method = new URL(req.url ?? '/', url).pathname.slice(1);
    const form = new URLSearchParams(await read(req));
    await workspace.before(method, form);
    if (method === 'auth.test') {
      const scopes = 'channels:read,groups:read,chat:write,channels:history';
      return { headers: { 'x-oauth-scopes': scopes }, body: { ok: true, team_id: teamId, team: 'Proof', url } };
    }
    const isList = method === 'conversations.list';
    if (isList && workspace.now() < waitEndMs) workspace.answered.early += 1;
    const wait = isThrottled();
    if (wait !== undefined) {
      workspace.answered.throttled += 1;
      if (isList) waitEndMs = workspace.now() + wait * 1_000;
      return { status: 429, headers: { 'retry-after': String(wait) }, body: { ok: false, error: 'ratelimited' } };
    }
    if (method === 'conversations.info') {
      const channel = workspace.channels.get(form.get('channel') ?? '');
      if (channel?.isHidden) return { body: { ok: false, error: 'access_denied' } };
      return { body: channel ? { ok: true, channel: nodeOf(channel) } : { ok: false, error: 'channel_not_found' } };
    }
    if (!isList) return { body: { ok: false, error: 'unknown_method' } };
    workspace.answered.pages += 1;
    const listed = [...workspace.channels.values()].filter(channel => !channel.isArchived);
    // The cursor names the last channel of the page before, as Slack's do.
    const after = form.get('cursor') ?? '';
    if (after !== '' && !after.startsWith('C')) return { body: { ok: false, error: 'invalid_cursor' } };
    const start = after === '' ? 0 : listed.findIndex(channel => channel.id > after);
    const page = start < 0 ? [] : listed.slice(start, start + Number(form.get('limit')));
    const more = start >= 0 && start + page.length < listed.length;
    const cursor = more ? (page.at(-1)?.id ?? '') : '';
    return { body: { ok: true, channels: page.map(nodeOf), response_metadata: { next_cursor: cursor } } };
  };

  const workspace: SlackWorkspace = {
    channels: new Map(names.map((name, i) => [idOf(i), { id: idOf(i), name, isArchived: false }])),
    answered: { pages: 0, throttled: 0, stormed: 0, early: 0 },
    limitPerMinute: Number.POSITIVE_INFINITY,
    storm: 0,
    now: Date.now,
    settings,
    platformFile,
    before: () => undefined,
    botToken: 'xoxb-0000000000-proof-workspace-token',
    async deliver(edge, event, occurMs = workspace.now(), eventId = `Ev${++deliveries}`) {
      const body = JSON.stringify({
        ...{ type: 'event_callback', team_id: teamId, event_id: eventId, event },
        event_time: Math.floor(occurMs / 1_000),
      });
      const time = String(Math.floor(workspace.now() / 1_000));
      const signature = createHmac('sha256', signingSecret).update(`v0:${time}:${body}`).digest('hex');
      const answered = await networkFetch(`${edge}/v1/provider/slack/webhook`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-slack-request-timestamp': time,
          'x-slack-signature': `v0=${signature}`,
        },
      });
      await answered.text();
      return answered.status;
    },
    async close() {
      rmSync(dir, { recursive: true, force: true });
      await new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return workspace;
}

function idOf(index: number): string {
  return `C${String(index).padStart(8, '0')}`;
}

function nodeOf({ id, name, isArchived }: Channel) {
  return { id, name, is_archived: isArchived, is_private: false, is_member: true };
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
