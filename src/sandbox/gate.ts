import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Faults, faultAnswer } from './faults.ts';
import type { Emulation } from './http.ts';

/** One call that reached the gate. */
export interface RequestRecord {
  provider: string;
  method: string;
  /** The vendor's path, without query. */
  path: string;
  /** First 12 hex digits of SHA-256 of the Authorization value without its scheme; '' when there was none. */
  authorization: string;
  /** 0 until answered, and for ever when the connection was reset or left hanging. */
  status: number;
}

/** The one HTTP server of the sandbox: `/{provider}/…` goes to that provider's emulation. */
export interface Gate {
  url: string;
  serve(emulations: readonly Emulation[]): void;
  /** Answers what is no provider's. */
  open(door: (request: Request) => Promise<Response>): void;
  close(): Promise<void>;
}

const maxBodyBytes = 10 * 1024 * 1024;
const maxRecords = 5_000;
/** What is known of an address stands between its host and its path, which begins with the provider. */
const WELL_KNOWN = /^(\/\.well-known\/[a-z-]+)\/([a-z0-9_]+)/;

/** Listens on loopback. `preferredPort` is taken when free; `port`, when given, must be. */
export async function openGate(
  ports: { port?: number; preferredPort: number },
  faults: Faults,
  records: RequestRecord[],
): Promise<Gate> {
  const emulations = new Map<string, Emulation>();
  const closing = new AbortController();
  let door: ((request: Request) => Promise<Response>) | undefined;
  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      if (closing.signal.aborted || response.headersSent) response.destroy();
      else response.writeHead(500).end(`sandbox failure: ${error}`);
    });
  });

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = (incoming.url ?? '/').replace(WELL_KNOWN, '/$2$1');
    const [, provider = '', rest = '/'] = /^\/([a-z0-9_]+)(\/.*)?$/.exec(url) ?? [];
    const emulation = emulations.get(provider);
    const request = await toRequest(incoming, provider === '' ? (incoming.url ?? '/') : rest);
    if (provider === '' && request !== null && door !== undefined) return send(outgoing, await door(request));
    if (emulation === undefined || request === null)
      return send(outgoing, new Response(null, { status: request ? 404 : 413 }));
    const path = new URL(request.url).pathname;
    const authorization = fingerprint(request.headers.get('authorization') ?? '');
    const record: RequestRecord = { provider, method: request.method, path, authorization, status: 0 };
    records.push(record);
    records.splice(0, Math.max(0, records.length - maxRecords));

    const fault = faults.take(provider, request.method, path);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal: closing.signal });
    if (fault?.afterWork) await (await emulation.fetch(request.clone())).arrayBuffer();
    if (fault?.hang) return;
    if (fault?.reset) {
      incoming.socket.resetAndDestroy();
      return;
    }
    const answer = (fault && faultAnswer(fault)) ?? (await emulation.fetch(request));
    if (fault?.answerDelayMs !== undefined) await delay(fault.answerDelayMs, undefined, { signal: closing.signal });
    record.status = answer.status;
    await send(outgoing, answer);
  };

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  if (ports.port === undefined) await listen(ports.preferredPort).catch(() => listen(0));
  else await listen(ports.port);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(more) {
      for (const emulation of more) emulations.set(emulation.id, emulation);
    },
    open(opened) {
      door = opened;
    },
    async close() {
      closing.abort();
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all([...emulations.values()].map(emulation => emulation.close()));
    },
  };
}

/** What {@link RequestRecord} shows of a secret. Takes a bare secret or a whole Authorization value. */
export function fingerprint(authorization: string): string {
  const value = authorization.replace(/^(Bearer|Basic|token) /i, '');
  return value === '' ? '' : createHash('sha256').update(value).digest('hex').slice(0, 12);
}

/** The call as a web request to the vendor's path; null when its body is too large. */
async function toRequest(incoming: IncomingMessage, path: string): Promise<Request | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) return null;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const method = incoming.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
  return new Request(`http://vendor.invalid${path}`, { method, headers, body });
}

async function send(outgoing: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  outgoing.writeHead(answer.status, [...answer.headers].flat());
  outgoing.end(body);
}
