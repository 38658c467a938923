import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import { storeErrorCode } from '../store/failure.ts';
import { type EndpointPath, readEndpointPath } from './endpoint.ts';
import { openIngest } from './ingest.ts';
import { openKeySets } from './key_sets.ts';
import { createRateLimit } from './rate_limit.ts';
import { type BodyFault, readBody } from './read_body.ts';
import { greet, isForLater, type Reception, receiveDelivery } from './receive.ts';
import { claimedKey, hashOf, placeOf, type RejectionCause } from './rejection.ts';
import { openTraces } from './traces.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const ARRIVAL_TIMEOUT_MS = 10_000;
const MAX_HEADERS = 200;
/** Of bodies that wait to be recorded; beyond it the sender is told to come back. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
const BUSY_RETRY_MS = 1_000;

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Webhooks = {
  /** Resolves with whether the path was one of these. */
  readonly serve: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
  /** Notes a request that the parser refused. */
  readonly noteUnreadable: (firstBytes: string) => void;
  /** Resolves when the traces of what was answered are written. */
  readonly drain: () => Promise<void>;
};

/** How many seconds' worth an endpoint takes at once. */
const BURST_SECONDS = 5;

/**
 * Serves `POST /v1/provider/{provider}/webhook[/{endpoint}]`. An answer of 2xx leaves after the delivery is durable, and no
 * answer holds anything of what came. Every refusal leaves a trace, and none waits for it.
 */
export function serveWebhooks(deps: Deps): Webhooks {
  const perSecond = deps.events.endpointPerSecond;
  const entrance = {
    ingest: openIngest(deps),
    endpointLimit: createRateLimit({ perSecond, burst: perSecond * BURST_SECONDS, now: deps.now }),
    keySets: openKeySets(deps),
  };
  const traces = openTraces(deps);
  let heldBytes = 0;

  const take = async (path: EndpointPath, req: IncomingMessage): Promise<Answer | undefined> => {
    const headers = headersOf(req);
    const place = placeOf(deps, path);
    const headerCount = req.rawHeaders.length / 2;
    const reject = (cause: RejectionCause, detail: string, body?: Uint8Array): void => {
      const { provider, endpoint } = place;
      deps.metrics.countDelivery(provider === '' ? 'unknown' : provider, 'rejected');
      deps.log.info({ provider, endpoint, cause, detail, bytes: body?.byteLength }, 'delivery refused');
      const bodyHash = body && hashOf(body);
      const deliveryKey = claimedKey(deps, path, headers);
      const size = { bodyBytes: body?.byteLength ?? 0, headerCount };
      traces.reject({ ...place, ...size, cause, detail, deliveryKey, receiveTime: deps.now(), bodyHash });
    };
    const malformed = (answer: Answer | undefined, detail: string): Answer | undefined => {
      reject('MALFORMED', detail);
      return answer;
    };

    const query = new URLSearchParams(req.url?.split('?', 2)[1] ?? '');
    try {
      if (headerCount > MAX_HEADERS) return malformed(refusal(431, 'too many headers'), 'it has too many headers');
      const greeted = await greet(deps, path, { method: req.method ?? '', headers, query });
      if (greeted !== undefined) return greeted;
      // A browser's visit: nothing was delivered.
      if (req.method !== 'POST') return refusal(405, 'only POST is taken here', { allow: 'POST' });
      if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
        return malformed(refusal(415, 'a delivery must not be compressed'), 'it is compressed');
      }
      const body = await readBody(req, MAX_BODY_BYTES, ARRIVAL_TIMEOUT_MS);
      if (typeof body === 'string') return malformed(FAULTS[body].answer, FAULTS[body].detail);
      if (heldBytes > MAX_HELD_BYTES) return tooMany(BUSY_RETRY_MS);
      heldBytes += body.byteLength;
      try {
        const url = `${deps.publicUrl()}${req.url ?? ''}`;
        const reception = await receiveDelivery(deps, entrance, path, { body, headers, query, url });
        if ('cause' in reception) reject(reception.cause, reception.detail, body);
        else traces.accept(place, deps.now());
        return answerTo(reception);
      } finally {
        heldBytes -= body.byteLength;
      }
    } catch (error) {
      return answerToFailure(deps, place.provider, error);
    }
  };

  return {
    serve: async (req, res) => {
      const path = readEndpointPath(req.url ?? '');
      if (path === undefined) return false;
      const answer = await take(path, req);
      if (answer !== undefined) send(req, res, answer);
      return true;
    },
    noteUnreadable: firstBytes => {
      const url = /^POST (\S{1,512}) HTTP/.exec(firstBytes)?.[1];
      const path = readEndpointPath(url ?? '');
      if (path === undefined) return;
      const place = placeOf(deps, path);
      deps.metrics.countDelivery(place.provider === '' ? 'unknown' : place.provider, 'rejected');
      traces.reject({
        ...place,
        cause: 'MALFORMED',
        detail: 'it is not HTTP, or its headers are too large',
        deliveryKey: undefined,
        receiveTime: deps.now(),
        bodyBytes: 0,
        headerCount: 0,
        bodyHash: undefined,
      });
    },
    drain: traces.drain,
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
    case 'LIMITED':
      return tooMany(reception.retryAfterMs);
  }
}

function answerToFailure(deps: Deps, provider: string, error: unknown): Answer {
  if (!isForLater(error)) {
    deps.log.error({ provider, err: error }, 'delivery not recorded');
    return refusal(500, 'internal error');
  }
  if (error.reason === 'RATE_LIMITED') return tooMany(error.retryDelayMs ?? 0);
  deps.log.warn({ provider, cause: storeErrorCode(error.cause) }, 'delivery not recorded, the sender will repeat it');
  return refusal(503, 'try again later', retryAfter(error.retryDelayMs ?? 0));
}

/** A sender that went away hears nothing. */
const FAULTS: Readonly<Record<BodyFault, { readonly detail: string; readonly answer: Answer | undefined }>> = {
  TOO_LARGE: { detail: 'its body is over 1 MiB', answer: refusal(413, 'a delivery has at most 1 MiB') },
  TOO_LATE: { detail: 'it did not arrive within 10 s', answer: refusal(408, 'a delivery must arrive within 10 s') },
  BROKEN: { detail: 'it broke off', answer: undefined },
};

function tooMany(retryAfterMs: number): Answer {
  return refusal(429, 'too many deliveries, try again later', retryAfter(retryAfterMs));
}

function retryAfter(ms: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) };
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
  // Without a prototype, so that a header `__proto__` is a header.
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = (req.rawHeaders[i] as string).toLowerCase();
    const value = req.rawHeaders[i + 1] as string;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}
