import { isObject, optionalString, readArray, readObject } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type { ProviderCall, ReferenceItem, ReferenceType } from '../provider.ts';

/** What a reaction may say beside the name. */
const SKIN_TONE = /::skin-tone-[2-6]$/;

/** Source: docs.slack.dev/reference/methods/emoji.list. One answer holds them all, those of Unicode by category. */
export const emoji: ReferenceType = {
  name: 'slack.emoji',
  title: 'Emoji',
  description: 'An emoji by name, the workspace’s own first.',
  runtimeState: 'ACTIVE',
  scopes: ['emoji:read'],
  dependsOn: [],
  source: 'PROVIDER',
  search: 'LOCAL',
  list: async (call, query) => sliced(await emojis(call), query),
  resolve: async (call, { values }) => {
    const known = new Map((await emojis(call)).map(each => [each.value, each]));
    return values.flatMap(value => {
      const found = known.get(value.replace(SKIN_TONE, ''));
      return found === undefined ? [] : [{ ...found, value, label: `:${value}:` }];
    });
  },
};

async function emojis(call: ProviderCall): Promise<readonly ReferenceItem[]> {
  const form = { include_categories: 'true' };
  const answer = await call.fetch(`${call.endpoints.api}/emoji.list`, { method: 'POST', form });
  const { emoji: own, categories } = readObject(answer.body, 'emoji.list');
  const named = Object.entries(readObject(own, 'emoji')).map(([name, place]): ReferenceItem => {
    const alias = /^alias:(.+)$/.exec(optionalString(place) ?? '')?.[1];
    return item(name, alias === undefined ? 'Of the workspace' : `The same as :${alias}:`);
  });
  const common = (categories === undefined ? [] : readArray(categories, 'categories')).flatMap(category =>
    isObject(category) ? readArray(category.emoji_names, 'emoji_names').flatMap(name => nameOf(name)) : [],
  );
  const taken = new Set(named.map(({ value }) => value));
  return [...named, ...[...new Set(common)].filter(name => !taken.has(name)).map(name => item(name))];
}

function nameOf(value: unknown): string[] {
  const name = optionalString(value);
  return name === undefined ? [] : [name];
}

function item(value: string, description?: string): ReferenceItem {
  return { value, label: `:${value}:`, state: 'PRESENT', ...(description !== undefined && { description }) };
}
