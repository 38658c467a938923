import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import { storeErrorCode } from '../store/failure.ts';
import { type EndpointPath, readEndpointPath } from './endpoint.ts';
import { openIngest } from './ingest.ts';
import { type BodyFault, readBody } from './read_body.ts';
import { isForLater, type Reception, receiveDelivery } from './receive.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const ARRIVAL_TIMEOUT_MS = 10_000;
const MAX_HEADERS = 200;

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * Serves `POST /v1/provider/{provider}/webhook[/{endpoint}]`; resolves with whether the path was one of these. An answer
 * of 2xx leaves after the delivery is durable, and no answer holds anything of what came.
 */
export function serveWebhooks(deps: Deps): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  const ingest = openIngest(deps);

  const take = async (path: EndpointPath, req: IncomingMessage): Promise<Answer | undefined> => {
    if (req.method !== 'POST') return refusal(405, 'only POST is taken here', { allow: 'POST' });
    if (req.rawHeaders.length > MAX_HEADERS * 2) return refusal(431, 'too many headers');
    const headers = headersOf(req);
    if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
      return refusal(415, 'a delivery must not be compressed');
    }
    const body = await readBody(req, MAX_BODY_BYTES, ARRIVAL_TIMEOUT_MS);
    if (typeof body === 'string') return answerToFault(body);
    const query = new URLSearchParams(req.url?.split('?', 2)[1] ?? '');
    try {
      return answerTo(await receiveDelivery(deps, ingest, path, { body, headers, query }));
    } catch (error) {
      const provider = deps.catalog.provider(path.provider)?.id;
      if (!isForLater(error)) {
        deps.log.error({ provider, err: error }, 'delivery not recorded');
        return refusal(500, 'internal error');
      }
      deps.log.warn(
        { provider, cause: storeErrorCode(error.cause) },
        'delivery not recorded, the sender will repeat it',
      );
      const seconds = Math.ceil((error.retryDelayMs ?? 0) / 1000);
      return refusal(503, 'try again later', { 'retry-after': String(seconds) });
    }
  };

  return async (req, res) => {
    const path = readEndpointPath(req.url ?? '');
    if (path === undefined) return false;
    const answer = await take(path, req);
    if (answer !== undefined) send(req, res, answer);
    return true;
  };
}

/** The body of a success is empty: some vendors show it to their users. */
function answerTo(reception: Reception): Answer {
  switch (reception.kind) {
    case 'RECORDED':
      return { status: 200, body: '' };
    case 'HANDSHAKE':
      return reception.answer;
    case 'MALFORMED':
      return refusal(400, 'the delivery cannot be read');
    case 'REFUSED':
      return refusal(401, 'the delivery is not accepted');
  }
}

function answerToFault(fault: BodyFault): Answer | undefined {
  switch (fault) {
    case 'TOO_LARGE':
      return refusal(413, 'a delivery has at most 1 MiB');
    case 'TOO_LATE':
      return refusal(408, 'a delivery must arrive within 10 s');
    case 'BROKEN':
      return undefined;
  }
}

function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: JSON.stringify({ error }), contentType: 'application/json', headers };
}

function send(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, {
    ...(answer.contentType !== undefined && { 'content-type': answer.contentType }),
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // What is still on its way is not waited for.
    ...(!req.complete && { connection: 'close' }),
    ...answer.headers,
  });
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}

/** Names in lower case, repeated ones joined: Node's own `headers` drops some repetitions, which would hide them. */
function headersOf(req: IncomingMessage): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = (req.rawHeaders[i] as string).toLowerCase();
    const value = req.rawHeaders[i + 1] as string;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}
