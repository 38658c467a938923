import { jsonObject } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readObject, readString } from '../kit/read.ts';
import type { Answer, ProviderCall } from '../provider.ts';

/** Source: modelcontextprotocol.io/specification/2025-06-18, base protocol and transports (Streamable HTTP). */
const VERSION = '2025-06-18';
/** Of the events before the answer: progress, log lines. */
const MAX_EVENTS = 1_000;

export type Session = {
  readonly info: Json;
  readonly capabilities: Json;
  readonly ask: (method: string, params?: Json) => Promise<Json>;
};

const accept = 'application/json, text/event-stream';

export const greeting = {
  headers: { accept },
  json: requestOf(1, 'initialize', {
    protocolVersion: VERSION,
    capabilities: {},
    clientInfo: { name: 'mobius-integrations', version: '1' },
  }),
};

export function serverUrl(endpoints: ProviderCall['endpoints'], config: ProviderCall['config']): string {
  return `${readString(endpoints.api, 'host')}${readString(config.path, 'path')}`;
}

/** Greets the server; what is asked afterwards belongs to the session that it opened. */
export async function openSession(call: ProviderCall): Promise<Session> {
  const url = serverUrl(call.endpoints, call.config);
  const first = await call.fetch(url, { method: 'POST', ...greeting });
  const greeted = resultOf(first, 1);
  const id = first.headers.get('mcp-session-id');
  const headers = {
    accept,
    'mcp-protocol-version': readString(greeted.protocolVersion, 'protocolVersion'),
    ...(id !== null && { 'mcp-session-id': id }),
  };
  await call.fetch(url, { method: 'POST', headers, json: { jsonrpc: '2.0', method: 'notifications/initialized' } });
  return {
    info: readObject(greeted.serverInfo, 'serverInfo'),
    capabilities: isObject(greeted.capabilities) ? greeted.capabilities : {},
    ask: async (method, params = {}) =>
      resultOf(await call.fetch(url, { method: 'POST', headers, json: requestOf(2, method, params) }), 2),
  };
}

function requestOf(id: number, method: string, params: Json): Json {
  return { jsonrpc: '2.0', id, method, params };
}

/** The answer to the request of that number: alone, or in a stream behind other messages. */
function resultOf({ body }: Answer, id: number): Json {
  const message = typeof body === 'string' ? messagesOf(body).find(each => each.id === id) : body;
  const error = at(message, 'error');
  // -32002: there is no such resource; -32602: no such tool or prompt, among others.
  if (isObject(error)) {
    throw new ProviderError(
      { kind: error.code === -32_002 ? 'not_found' : 'rejected' },
      new Error('an error of JSON-RPC'),
    );
  }
  return readObject(at(message, 'result'), 'result');
}

function messagesOf(stream: string): readonly Json[] {
  const events = stream.split(/\r?\n\r?\n/).slice(0, MAX_EVENTS);
  return events.flatMap(event => {
    const lines = event.split(/\r?\n/).filter(line => line.startsWith('data:'));
    const data = lines.map(line => line.slice(5).trimStart()).join('\n');
    return data === '' ? [] : [jsonObject(data, 'event')];
  });
}

/** What the list of a kind of thing is called, and whether the server has such things at all. */
export function has(session: Session, capability: string): boolean {
  return isObject(session.capabilities[capability]);
}

export function titled(node: Json, value: string): string {
  return optionalString(node.title) ?? optionalString(node.name) ?? value;
}
