import { mapLimited } from '../kit/batch.ts';
import { ProviderError } from '../kit/error.ts';
import { type Json, optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { sliced } from '../kit/sliced.ts';
import type { ProviderCall, ReferenceItem, ReferenceType } from '../provider.ts';

const CALLS_AT_ONCE = 5;
const MAX_FILES_PAGE = 1_000;
/** Ids that can stand as one segment of a path; the vendor has no others. */
const ID = /^(?!\.+$)[A-Za-z0-9._:-]{1,256}$/;

const common = { runtimeState: 'ACTIVE', scopes: [], dependsOn: [], source: 'PROVIDER', search: 'LOCAL' } as const;

export const references: readonly ReferenceType[] = [
  {
    ...common,
    name: 'openai.model',
    title: 'Model',
    description: 'A model the key may use, fine-tuned ones included.',
    list: async (call, query) => {
      const answer = await call.fetch(`${call.endpoints.api}/v1/models`);
      return sliced(itemsOf(answer.body, model), query);
    },
    resolve: (call, { values }) => each(call, 'models', values, model),
  },
  {
    ...common,
    name: 'openai.file',
    title: 'File',
    description: 'A file uploaded to the project.',
    list: async (call, query) => {
      const limit = Math.min(Math.max(query.pageSize, 1), MAX_FILES_PAGE);
      const answer = await call.fetch(`${call.endpoints.api}/v1/files`, { query: { limit, after: query.cursor } });
      const items = itemsOf(answer.body, file);
      const last = items.at(-1);
      const more = readObject(answer.body, 'files').has_more === true && last !== undefined;
      return more ? { items, nextCursor: last.value } : { items };
    },
    resolve: (call, { values }) => each(call, 'files', values, file),
  },
];

function itemsOf(body: unknown, item: (node: Json) => ReferenceItem): readonly ReferenceItem[] {
  return readArray(readObject(body, 'list').data, 'data').map((node, i) => item(readObject(node, `data[${i}]`)));
}

async function each(
  call: ProviderCall,
  collection: string,
  values: readonly string[],
  item: (node: Json) => ReferenceItem,
): Promise<readonly ReferenceItem[]> {
  const known = values.filter(value => ID.test(value));
  const found = await mapLimited(known, CALLS_AT_ONCE, async value => {
    try {
      const answer = await call.fetch(`${call.endpoints.api}/v1/${collection}/${encodeURIComponent(value)}`);
      return item(readObject(answer.body, collection));
    } catch (error) {
      if (error instanceof ProviderError && error.failure.kind === 'not_found') return undefined;
      throw error;
    }
  });
  return found.filter(one => one !== undefined);
}

function model(node: Json): ReferenceItem {
  const id = readString(node.id, 'id');
  const owner = optionalString(node.owned_by);
  return { value: id, label: id, ...(owner === undefined ? {} : { description: owner }), state: 'PRESENT' };
}

function file(node: Json): ReferenceItem {
  const purpose = optionalString(node.purpose);
  return {
    value: readString(node.id, 'id'),
    label: readString(node.filename, 'filename'),
    ...(purpose === undefined ? {} : { metadata: { purpose } }),
    state: 'PRESENT',
  };
}
