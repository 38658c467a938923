import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { at } from '../kit/meta.ts';
import { type Json, optionalString, readArray, readId, readObject, readString } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type { ProviderCall, ReferenceItem, ReferenceQuery, ReferenceType, ReferenceValues } from '../provider.ts';
import { ask } from './auth.ts';

type Dependencies = Readonly<Record<string, string>>;
type Read = (call: ProviderCall, dependsOn: Dependencies) => Promise<readonly ReferenceItem[]>;

const type = { source: 'PROVIDER', search: 'LOCAL', scopes: [] } as const;

/** Telegram gives its lists whole. */
const whole = (read: Read) => ({
  list: async (call: ProviderCall, query: ReferenceQuery) => sliced(await read(call, query.dependsOn), query),
  resolve: async (call: ProviderCall, { values, dependsOn }: ReferenceValues) =>
    (await read(call, dependsOn)).filter(({ value }) => values.includes(value)),
});

const nodes = (result: unknown): readonly Json[] =>
  readArray(result, 'result').map((node, index) => readObject(node, `result[${index}]`));

const chat = (node: Json): ReferenceItem => {
  const value = readId(node.id, 'id');
  const name = [node.first_name, node.last_name].map(optionalString).filter(Boolean).join(' ');
  const username = optionalString(node.username);
  return {
    value,
    label: optionalString(node.title) ?? (name || value),
    state: 'PRESENT',
    ...(username !== undefined && { description: `@${username}` }),
  };
};

/** Telegram says 400 of a chat that is not there, or that the bot is not in. */
async function chatOf(call: ProviderCall, id: string): Promise<ReferenceItem | undefined> {
  try {
    return chat(readObject(await ask(call, 'getChat', { chat_id: id }), 'result'));
  } catch (error) {
    const kind = error instanceof ProviderError ? error.failure.kind : undefined;
    if (kind === 'rejected' || kind === 'not_found' || kind === 'forbidden') return undefined;
    throw error;
  }
}

export const references: readonly ReferenceType[] = [
  {
    ...type,
    runtimeState: 'PLANNED',
    name: 'telegram.chat',
    title: 'Chat',
    description: 'A chat that the bot is in. Telegram lists none: they are known once something is written there.',
    dependsOn: [],
    list: async () => ({ items: [] }),
    resolve: async (call, { values }) =>
      (await mapLimited(values, 5, id => chatOf(call, id))).filter(item => item !== undefined),
  },
  {
    ...type,
    runtimeState: 'ACTIVE',
    name: 'telegram.administrator',
    title: 'Administrator',
    description: 'An administrator of a group or channel; bots aside.',
    dependsOn: [{ key: 'chat', type: 'telegram.chat', required: true }],
    ...whole(async (call, { chat: id = '' }) =>
      nodes(await ask(call, 'getChatAdministrators', { chat_id: id })).map(node => {
        const title = optionalString(node.custom_title);
        const person = chat(readObject(node.user, 'user'));
        return { ...person, parent: id, ...(title !== undefined && { description: title }) };
      }),
    ),
  },
  {
    ...type,
    runtimeState: 'ACTIVE',
    name: 'telegram.command',
    title: 'Command',
    description: 'A command of the bot’s menu.',
    dependsOn: [],
    ...whole(async call =>
      nodes(await ask(call, 'getMyCommands')).map(node => {
        const command = readString(node.command, 'command');
        const about = optionalString(at(node, 'description'));
        return {
          value: command,
          label: `/${command}`,
          state: 'PRESENT',
          ...(about !== undefined && { description: about }),
        };
      }),
    ),
  },
];
