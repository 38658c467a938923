import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkFetch } from '../outbound.ts';
import type { SecretBook } from './secrets.ts';

/** Stands between the service and the providers and notes every secret that passes, in either direction. */
export type Wiretap = { readonly url: string; close(): Promise<void> };

const hopByHop = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|host)$/;

export async function startWiretap(target: string, book: SecretBook): Promise<Wiretap> {
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : undefined);
    });
  });

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const provider = incoming.url?.split('/')[1] ?? '';
    noteRequest(book, provider, incoming, body.toString('utf8'));
    const headers = Object.entries(incoming.headers).filter(([name]) => !hopByHop.test(name));
    const answer = await networkFetch(target + incoming.url, {
      method: incoming.method ?? 'GET',
      headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
      body: body.length === 0 ? null : body,
      redirect: 'manual',
    });
    const here = (text: string): string => text.replaceAll(target, url);
    const text = await answer.text();
    noteAnswer(book, provider, answer.headers.get('location') ?? '', text);
    const kept = [...answer.headers].filter(([name]) => !hopByHop.test(name));
    outgoing.writeHead(
      answer.status,
      kept.flatMap(([name, value]) => [name, here(value)]),
    );
    outgoing.end(here(text));
  };

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function noteRequest(book: SecretBook, provider: string, { headers, url = '' }: IncomingMessage, body: string): void {
  const { authorization = '' } = headers;
  book.keep(`${provider} authorization`, authorization.replace(/^\S+ /, ''));
  if (/^Basic /i.test(authorization)) {
    const [, secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(/:(.*)/s);
    book.keep(`${provider} client_secret`, decodeURIComponent(secret));
  }
  noteText(book, provider, body);
  book.keepFields(provider, Object.fromEntries(new URL(url, 'http://vendor.invalid').searchParams));
}

function noteAnswer(book: SecretBook, provider: string, location: string, text: string): void {
  if (URL.canParse(location)) book.keepFields(provider, Object.fromEntries(new URL(location).searchParams));
  noteText(book, provider, text);
}

/** JSON, or else a form; a page is neither and has no secret names. */
function noteText(book: SecretBook, provider: string, text: string): void {
  try {
    book.keepFields(provider, JSON.parse(text));
  } catch {
    book.keepFields(provider, Object.fromEntries(new URLSearchParams(text)));
  }
}
