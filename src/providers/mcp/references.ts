import { optionalString, readArray, readObject, readString } from '../kit/read.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceType } from '../provider.ts';
import { has, openSession, titled } from './session.ts';

/** More than a server has, as a rule: it tells of no single thing. */
const MAX_PAGES = 20;

/** Noun, capability, method, where the list stands, and the field that a spec stores. */
const KINDS = [
  ['tool', 'Tool', 'Something that the server does.', 'tools', 'tools/list', 'tools', 'name'],
  ['prompt', 'Prompt', 'A text with places to fill in.', 'prompts', 'prompts/list', 'prompts', 'name'],
  ['resource', 'Resource', 'Something to read, by its address.', 'resources', 'resources/list', 'resources', 'uri'],
  [
    'resource_template',
    'Resource template',
    'Addresses of things to read, with places to fill in.',
    'resources',
    'resources/templates/list',
    'resourceTemplates',
    'uriTemplate',
  ],
] as const;

export const references: readonly ReferenceType[] = KINDS.map(
  ([noun, title, description, capability, method, place, field]): ReferenceType => {
    const list = async (call: ProviderCall, cursor: string | undefined): Promise<ReferencePage> => {
      const session = await openSession(call);
      if (!has(session, capability)) return { items: [] };
      const result = await session.ask(method, cursor === undefined ? {} : { cursor });
      const items = readArray(result[place], place).map((each, i): ReferenceItem => {
        const node = readObject(each, `${place}[${i}]`);
        const value = readString(node[field], field);
        return {
          value,
          label: titled(node, value),
          description: optionalString(node.description)?.slice(0, 500),
          state: 'PRESENT',
        };
      });
      const nextCursor = optionalString(result.nextCursor);
      return nextCursor === undefined ? { items } : { items, nextCursor };
    };
    return {
      name: `mcp.${noun}`,
      title,
      description,
      runtimeState: 'ACTIVE',
      source: 'PROVIDER',
      search: 'LOCAL',
      scopes: [],
      dependsOn: [],
      list: (call, { cursor }) => list(call, cursor),
      resolve: async (call, { values }) => {
        const wanted = new Set(values);
        const found: ReferenceItem[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages < MAX_PAGES && found.length < wanted.size; pages++) {
          const page = await list(call, cursor);
          found.push(...page.items.filter(({ value }) => wanted.has(value)));
          cursor = page.nextCursor;
          if (cursor === undefined) break;
        }
        return found;
      },
    };
  },
);
