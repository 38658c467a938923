import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { server, signIn } from './auth.ts';
import { eventTypes } from './events.ts';
import { references } from './references.ts';

export const mcp: Provider = {
  id: 'mcp',
  displayName: 'MCP server',
  description: 'Tools, resources and prompts of a server that speaks the Model Context Protocol over HTTP.',
  category: 'Models and AI',
  docsUrl: 'https://modelcontextprotocol.io',
  logo: 'modelcontextprotocol',
  endpoints: { api: 'https://{host}' },
  credentialEndpoints: ['api'],
  connect: [server, signIn],
  eventTypes,
  actions,
  references,
};
