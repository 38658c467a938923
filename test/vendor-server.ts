import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerOfVendor, VendorRequest } from './provider-cases.ts';

/** A local HTTP server that answers as the vendor of the running case. One case at a time. */
export type VendorServer = {
  readonly origin: string;
  /** Sets who answers from now on and forgets the requests seen. */
  readonly play: (answer: AnswerOfVendor) => void;
  readonly requests: readonly VendorRequest[];
  readonly close: () => Promise<void>;
};

export async function startVendor(): Promise<VendorServer> {
  let answer: AnswerOfVendor = () => ({ status: 500 });
  const requests: VendorRequest[] = [];
  const server = createServer(async (message, response) => {
    const request = await readRequest(message);
    requests.push(request);
    const { status = 200, headers = {}, body } = await answer(request);
    const isText = typeof body === 'string';
    const { 'content-length': _, ...others } = headers;
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...others });
    response.end(body === undefined ? '' : isText ? body : JSON.stringify(body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: next => {
      answer = next;
      requests.length = 0;
    },
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

async function readRequest(message: IncomingMessage): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(message.url ?? '/', 'http://vendor.invalid');
  const type = message.headers['content-type'] ?? '';
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: type.includes('json')
      ? JSON.parse(text === '' ? 'null' : text)
      : type.includes('form')
        ? Object.fromEntries(new URLSearchParams(text))
        : text,
  };
}
