import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery, ReferenceValues } from '../provider.ts';
import { mapLimited } from './batch.ts';
import { ProviderError } from './error.ts';
import { at } from './meta.ts';
import type { PageRule } from './page_rules.ts';
import { found, type Place } from './place.ts';
import { type Json, readArray, readObject } from './read.ts';

type Dependencies = Readonly<Record<string, string>>;
type Config = Readonly<Record<string, unknown>>;
type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** How a vendor's REST API lists the values of a reference type, and tells of one of them. */
export type RestLookup = {
  /** Name of the endpoint. Default: `api`. */
  readonly endpoint?: string;
  /** Path of the list below the endpoint; values it depends on must be encoded, see `segment`. `config` is the integration's. */
  readonly path: string | ((dependsOn: Dependencies, config: Config) => string);
  readonly pages: PageRule;
  /** Query parameters beside those of the page: what it depends on, what is searched for. */
  readonly query?: (query: Pick<ReferenceQuery, 'q' | 'dependsOn'>) => Parameters;
  /** For lists that are asked for by POST: the JSON body beside the page's parameters. */
  readonly json?: (query: Pick<ReferenceQuery, 'q' | 'dependsOn'>) => Json;
  /** Where the list stands in the answer; none: the answer is the list. */
  readonly items?: readonly string[] | ((body: unknown, dependsOn: Dependencies) => unknown);
  readonly item: (node: Json, dependsOn: Dependencies) => ReferenceItem;
  /** Path of one value. Absent: the vendor has no such call, and the list is read up to ten pages deep. */
  readonly one?: (value: string, dependsOn: Dependencies, config: Config) => string;
  /** Where the object stands in that answer; none: the answer is the object. */
  readonly oneAt?: Place;
};

/** More than any list of the vendors that lack a call for one value. */
const MAX_PAGES = 10;
const RESOLVE_AT_ONCE = 5;

/** `list` and `resolve` of a reference type over REST. */
export function restLookup(lookup: RestLookup) {
  const list = async (call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> => {
    const path = typeof lookup.path === 'string' ? lookup.path : lookup.path(query.dependsOn, call.config);
    const page = lookup.pages.ask(query);
    const own = lookup.query?.(query) ?? {};
    const answer =
      lookup.json === undefined
        ? await call.fetch(`${baseOf(call)}${path}`, { query: { ...own, ...page } })
        : await call.fetch(`${baseOf(call)}${path}`, {
            method: 'POST',
            query: own,
            json: { ...lookup.json(query), ...page },
          });
    const { items: place = [] } = lookup;
    const listed = typeof place === 'function' ? place(answer.body, query.dependsOn) : at(answer.body, ...place);
    const nodes = readArray(listed, typeof place === 'function' ? 'list' : place.join('.'));
    const shown = lookup.pages.cut?.(nodes, query) ?? nodes;
    const items = shown.map((node, index) => lookup.item(readObject(node, `[${index}]`), query.dependsOn));
    const nextCursor = lookup.pages.next(answer, query, nodes);
    return nextCursor === undefined ? { items } : { items, nextCursor };
  };
  const resolve = async (call: ProviderCall, { values, dependsOn }: ReferenceValues) => {
    const { one } = lookup;
    if (one === undefined) return await search(list, call, values, dependsOn);
    const answers = await mapLimited(values, RESOLVE_AT_ONCE, async value => {
      try {
        const { body } = await call.fetch(`${baseOf(call)}${one(value, dependsOn, call.config)}`);
        return lookup.item(readObject(found(body, lookup.oneAt ?? []), 'answer'), dependsOn);
      } catch (error) {
        if (error instanceof ProviderError && error.failure.kind === 'not_found') return undefined;
        throw error;
      }
    });
    return answers.filter(item => item !== undefined);
  };
  const baseOf = (call: ProviderCall): string => call.endpoints[lookup.endpoint ?? 'api'] ?? '';
  return { list, resolve };
}

/** A value as one segment of a path. */
export function segment(value: string | undefined): string {
  if (value === undefined || value === '' || /^\.+$/.test(value)) {
    throw new ProviderError({ kind: 'not_found' }, new Error('a value that can stand in no path'));
  }
  return encodeURIComponent(value);
}

async function search(
  list: (call: ProviderCall, query: ReferenceQuery) => Promise<ReferencePage>,
  call: ProviderCall,
  values: readonly string[],
  dependsOn: Dependencies,
): Promise<readonly ReferenceItem[]> {
  const wanted = new Set(values);
  const found: ReferenceItem[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && found.length < wanted.size; pages++) {
    const page = await list(call, { q: '', dependsOn, pageSize: 100, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items.filter(({ value }) => wanted.has(value)));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  return found;
}
