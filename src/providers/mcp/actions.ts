import { action, picked } from '../kit/action.ts';
import { ADDS, READS } from '../kit/effects.ts';
import { field, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const name = (what: string) => text(what, 256);
const uri = text('Address of the resource', 2_048);
const cursor = { cursor: text('`nextCursor` of the page before', 2_048) };
const values: JsonSchema = {
  type: 'object',
  description: 'Values by name, as the server describes them',
  maxProperties: 200,
};
const texts: JsonSchema = { ...values, additionalProperties: { type: 'string', maxLength: 65_536 } };
const list = (place: string, what: string) =>
  output([place], { [place]: field('array', what), nextCursor: field('string', 'Begins the next page') });

export const actions: readonly Action[] = [
  // What a tool does only its server knows: the worst is taken for granted.
  action('mcp.tool.call', 'Call a tool', 'Has the server do something and reads what it answers.', {
    effect: { ...ADDS, destructive: true },
    risk: 'HIGH',
    needs: { tool: picked('mcp.tool', name('Name of the tool')) },
    takes: { arguments: values },
    gives: output(['content'], {
      content: field('array', 'What it answered: texts, images, resources'),
      structuredContent: field('object', 'The same as values, where the tool describes them'),
      isError: field('boolean', 'Whether the tool failed'),
    }),
  }),
  action('mcp.tool.list', 'List tools', 'Reads what the server can do, and what it wants for it.', {
    effect: READS,
    takes: cursor,
    gives: list('tools', 'Tools: name, description, inputSchema, annotations'),
  }),
  action('mcp.resource.read', 'Read a resource', 'Reads what lies at an address of the server.', {
    effect: READS,
    needs: { resource: picked('mcp.resource', uri) },
    gives: output(['contents'], { contents: field('array', 'Parts: uri, mimeType, text or blob') }),
  }),
  action('mcp.resource.read_template', 'Read by a template', 'Reads what lies at an address made of a template.', {
    effect: READS,
    needs: { template: picked('mcp.resource_template', uri), values: texts },
    gives: output(['contents'], { contents: field('array', 'Parts: uri, mimeType, text or blob') }),
  }),
  action('mcp.resource.list', 'List resources', 'Reads what there is to read.', {
    effect: READS,
    takes: cursor,
    gives: list('resources', 'Resources: uri, name, mimeType'),
  }),
  action('mcp.resource_template.list', 'List resource templates', 'Reads the templates of addresses.', {
    effect: READS,
    takes: cursor,
    gives: list('resourceTemplates', 'Templates: uriTemplate, name'),
  }),
  action('mcp.prompt.get', 'Get a prompt', 'Fills a prompt in and reads it.', {
    effect: READS,
    needs: { prompt: picked('mcp.prompt', name('Name of the prompt')) },
    takes: { arguments: texts },
    gives: output(['messages'], {
      messages: field('array', 'Messages: role and content'),
      description: field('string', 'What it is for'),
    }),
  }),
  action('mcp.prompt.list', 'List prompts', 'Reads the prompts that the server has.', {
    effect: READS,
    takes: cursor,
    gives: list('prompts', 'Prompts: name, description, arguments'),
  }),
  action('mcp.server.get', 'Get the server', 'Reads name, version and abilities of the server.', {
    effect: READS,
    gives: output(['serverInfo'], {
      serverInfo: field('object', 'name, title, version'),
      capabilities: field('object', 'What it can do'),
      instructions: field('string', 'How it wants to be used'),
    }),
  }),
];
