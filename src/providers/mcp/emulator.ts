import type { Ask, EmulatedAnswer, Emulator, Refusal } from '../emulator.ts';

/** Source: modelcontextprotocol.io/specification/2025-06-18 (lifecycle, Streamable HTTP, authorization, tools and more). */

const made = (count: number, fields: (n: string) => object) =>
  Array.from({ length: count }, (_, i) => fields(String(i + 1).padStart(3, '0')));
const lists = {
  tools: made(45, n => ({ name: `tool_${n}`, description: `Does ${n}`, inputSchema: { type: 'object' } })),
  prompts: made(25, n => ({ name: `prompt_${n}`, title: `Prompt ${n}` })),
  resources: made(45, n => ({ uri: `file:///notes/${n}.md`, name: `Note ${n}` })),
  resourceTemplates: made(22, n => ({ uriTemplate: `file:///${n}/{name}`, name: `Folder ${n}` })),
};

type Params = Readonly<Record<string, unknown>>;

const answers: Readonly<Record<string, (ask: Ask, params: Params) => object>> = {
  'tools/list': (ask, params) => listed(ask, 'tools', params),
  'prompts/list': (ask, params) => listed(ask, 'prompts', params),
  'resources/list': (ask, params) => listed(ask, 'resources', params),
  'resources/templates/list': (ask, params) => listed(ask, 'resourceTemplates', params),
  'tools/call': (_, { name }) => ({ content: [{ type: 'text', text: `${name} did it` }], isError: false }),
};

/** Twenty a page; nobody may choose. */
function listed(_ask: Ask, place: keyof typeof lists, { cursor }: Params): object {
  const start = cursor === undefined ? 0 : Number(Buffer.from(String(cursor), 'base64url').toString());
  const end = start + 20;
  const next = end < lists[place].length ? { nextCursor: Buffer.from(String(end)).toString('base64url') } : {};
  return { [place]: lists[place].slice(start, end), ...next };
}

/** One server answers alone to a greeting, and else in a stream behind a line of its log. */
function speak(ask: Ask): EmulatedAnswer | Refusal {
  const { id, method, params } = ask.body as { id?: number; method?: string; params?: Params };
  const accepts = ask.headers.get('accept') ?? '';
  if (!accepts.includes('application/json') || !accepts.includes('text/event-stream')) return { status: 406 };
  if (method === 'initialize') {
    return {
      headers: { 'mcp-session-id': 'emulated-session' },
      body: {
        jsonrpc: '2.0',
        id,
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {}, prompts: {}, resources: {} },
          serverInfo: { name: 'notes', title: 'Notes', version: '1.0.0' },
        },
      },
    };
  }
  if (ask.headers.get('mcp-session-id') !== 'emulated-session') return 'invalid';
  if (ask.headers.get('mcp-protocol-version') !== '2025-06-18') return 'invalid';
  if (id === undefined) return { status: 202 };
  const answer = answers[method ?? ''];
  const told = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'at work' } };
  const said =
    answer === undefined
      ? { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } }
      : { jsonrpc: '2.0', id, result: answer(ask, params ?? {}) };
  const body = [told, said].map(message => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join('');
  return { headers: { 'content-type': 'text/event-stream' }, body };
}

const SCOPES = ['notes:read', 'notes:write'];
const notes = { id: 'mcp.acme.example/mcp', label: 'Notes' };
const resource = (base: string): string => `${base}/mcp`;

function metadataOf(base: string): object {
  return {
    issuer: base,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/register`,
    revocation_endpoint: `${base}/revoke`,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  };
}

const valuesOf = (place: keyof typeof lists, field: string) =>
  lists[place].map(each => String((each as Readonly<Record<string, unknown>>)[field]));

export const emulator: Emulator = {
  // Whoever signs in: the account is the server.
  accounts: [
    { name: 'ada', ...notes },
    { name: 'bob', ...notes },
  ],
  forms: {
    API_KEY: random => ({ host: 'mcp.acme.example', path: '/mcp', api_key: random(40) }),
    OAUTH2: () => ({ host: 'mcp.acme.example', path: '/mcp' }),
  },
  oauth: {
    authorize: '/authorize',
    token: '/token',
    register: '/register',
    revoke: '/revoke',
    resource,
    client: 'basic',
    pkce: 'REQUIRED',
    scopes: SCOPES,
    refresh: 'ROTATING',
    lifeSeconds: 3_600,
  },
  openRoutes: {
    'GET /.well-known/oauth-protected-resource/mcp': ({ base }) => ({
      body: { resource: resource(base), authorization_servers: [base], scopes_supported: SCOPES },
    }),
    'GET /.well-known/oauth-authorization-server': ({ base }) => ({ body: metadataOf(base) }),
  },
  refuse: (refusal, base) => {
    const status = { unauthenticated: 401, forbidden: 403, not_found: 404, invalid: 400 }[refusal];
    const body = { jsonrpc: '2.0', id: null, error: { code: -32_000, message: refusal } };
    if (refusal !== 'unauthenticated') return { status, body };
    const named = `Bearer resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`;
    return { status, body, headers: { 'www-authenticate': named } };
  },
  routes: { 'POST /mcp': speak },
  references: {
    'mcp.tool': { values: valuesOf('tools', 'name') },
    'mcp.prompt': { values: valuesOf('prompts', 'name') },
    'mcp.resource': { values: valuesOf('resources', 'uri') },
    'mcp.resource_template': { values: valuesOf('resourceTemplates', 'uriTemplate') },
  },
  request: {
    method: 'POST',
    path: '/mcp',
    headers: { accept: 'application/json, text/event-stream' },
    json: { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } },
  },
};
