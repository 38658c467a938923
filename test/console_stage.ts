import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { linesOf, openSecretBook, type SecretBook } from '../src/demo/secrets.ts';
import { networkFetch } from '../src/outbound.ts';
import type { World } from './world.ts';

/** Where Debian and others put the browser; undefined: there is none. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

export type Wiretap = {
  readonly url: string;
  /** Where requests go on to. */
  target: string;
  /** All that went to the browser: every header and body, streams too, unpacked. */
  readonly heard: () => string;
  readonly count: () => number;
  close(): Promise<void>;
};

/** Stands between the browser and the edge and keeps a copy of every answer. Asks for nothing packed. */
export async function openWiretap(): Promise<Wiretap> {
  const chunks: string[] = [];
  let count = 0;
  const server = createServer((req, res) => {
    const headers = { ...req.headers, 'accept-encoding': 'identity' };
    const onward = request(new URL(req.url ?? '/', tap.target), { method: req.method, headers }, answer => {
      count += 1;
      // Sealed cookies are for the browser; no script reads them.
      const { 'set-cookie': _, ...shown } = answer.headers;
      chunks.push(`${req.url}\n${JSON.stringify(shown)}\n`);
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.on('data', (chunk: Buffer) => chunks.push(chunk.toString('latin1')));
      answer.pipe(res);
      answer.once('error', () => res.destroy());
    });
    onward.once('error', () => res.destroy());
    res.once('close', () => onward.destroy());
    req.pipe(onward);
  });
  const port = await listen(server);
  const tap: Wiretap = {
    url: `http://127.0.0.1:${port}`,
    target: '',
    heard: () => chunks.join(''),
    count: () => count,
    close: () => close(server),
  };
  return tap;
}

export type ManyChannels = {
  readonly url: string;
  /** The sandbox's Slack API. */
  target: string;
  /** Every token it saw Slack hand out. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
};

/** The sandbox's Slack API with ten thousand channels in place of its own; whom Slack refuses, it refuses. */
export async function openManyChannels(names: readonly string[]): Promise<ManyChannels> {
  const tokens: string[] = [];
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(`${many.target}${req.url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { host: _, 'content-length': __, connection: ___, ...headers } = req.headers;
    const reply = await networkFetch(url, {
      method: req.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const told = (await reply.json()) as Record<string, unknown>;
    for (const name of ['access_token', 'refresh_token']) if (typeof told[name] === 'string') tokens.push(told[name]);
    const isList = url.pathname.endsWith('/conversations.list') && told.ok === true;
    const form = new URLSearchParams(body.toString());
    const sent = isList ? pageOf(names, (name: string) => url.searchParams.get(name) ?? form.get(name)) : told;
    const scopes = reply.headers.get('x-oauth-scopes');
    res.writeHead(reply.status, { 'content-type': 'application/json', ...(scopes && { 'x-oauth-scopes': scopes }) });
    res.end(JSON.stringify(sent));
  };
  const server = createServer((req, res) => {
    answer(req, res).catch((error: Error) => res.destroy(error));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const many: ManyChannels = { url, target: '', tokens, close: () => close(server) };
  return many;
}

function pageOf(names: readonly string[], field: (name: string) => string | null) {
  const start = Number(field('cursor') ?? 0);
  const end = start + Number(field('limit') ?? 100);
  const channels = names.slice(start, end).map((name, index) => ({
    ...{ id: `C${String(start + index).padStart(9, '0')}`, name, is_channel: true, is_member: true },
    ...{ is_private: false, is_archived: false, topic: { value: '' }, purpose: { value: '' }, num_members: 3 },
  }));
  return { ok: true, channels, response_metadata: { next_cursor: end < names.length ? String(end) : '' } };
}

/** All that the page must never be sent: what the sandbox seeded, what Slack handed out, the browser's own cookies. */
export function secretsOf(
  world: World,
  channels: ManyChannels,
  cookies: readonly { readonly name: string; readonly value: string }[],
): SecretBook {
  const book = openSecretBook();
  book.keepFields('seed', world.seeds);
  for (const token of channels.tokens) book.keep('slack token', token);
  for (const { name, value } of cookies) book.keep(`${name} cookie`, value);
  for (const line of linesOf(world.seeds.github.privateKey)) book.keep('private key', line);
  return book;
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
