import { byLink } from '../providers/kit/link_parameter.ts';
import { byCursor, byNumber, byOffset, type PageRule, whole } from '../providers/kit/page_rules.ts';
import type { Place } from '../providers/kit/place.ts';
import { valueAt } from '../providers/kit/pointer.ts';
import { type Json, optionalString, readId } from '../providers/kit/read.ts';
import { type RestLookup, restLookup, segment } from '../providers/kit/rest_lookup.ts';
import type { ReferenceItem, ReferenceType } from '../providers/provider.ts';
import type { ListManifest, PagesManifest, ReferenceManifest } from './manifest.ts';
import { fillTemplate, parseTemplate } from './template.ts';

type Picked = Readonly<Record<string, string>>;

/** The longest line about an item that anybody reads. */
const MAX_TEXT = 200;

export function referenceOf(reference: ReferenceManifest): ReferenceType {
  const { name, title, description, scopes = [], depends_on: dependsOn = [], list } = reference;
  return {
    name,
    title,
    description,
    runtimeState: 'ACTIVE',
    scopes,
    dependsOn: dependsOn.map(({ key, type, required = true }) => ({ key, type, required })),
    source: 'PROVIDER',
    search: list.search === undefined ? 'LOCAL' : 'PROVIDER',
    ...restLookup(lookupOf(reference)),
  };
}

function lookupOf({ list, resolve = { by: 'list' } }: ReferenceManifest): RestLookup {
  const path = pathOf(list.path);
  const one = resolve.by === 'path' ? pathOf(resolve.path) : undefined;
  const { item = '' } = resolve.by === 'path' ? resolve : {};
  return {
    endpoint: list.endpoint ?? 'api',
    path,
    query: ({ q, dependsOn }) => ({
      ...queryOf(list, dependsOn),
      ...(list.search !== undefined && q !== '' && { [list.search]: q }),
    }),
    pages: pageRule(list.pages),
    items: body => valueAt(body, list.items),
    item: node => itemOf(list, node),
    ...(one !== undefined && {
      one: (value, dependsOn) => one({ ...dependsOn, value }),
      oneAt: body => valueAt(body, item),
    }),
  };
}

/** Each picked value is one segment, whatever it holds. */
function pathOf(path: string): (picked: Picked) => string {
  const template = parseTemplate(path);
  return picked => fillTemplate(template, name => segment(picked[name]));
}

function queryOf({ query = {} }: ListManifest, picked: Picked): Readonly<Record<string, string | undefined>> {
  const filled = Object.entries(query).map(([name, text]) => {
    const { texts, names } = parseTemplate(text);
    // What need not be picked and was not leaves its parameter out.
    if (names.some(each => picked[each] === undefined)) return [name, undefined];
    return [name, fillTemplate({ texts, names }, each => picked[each] ?? '')];
  });
  return Object.fromEntries(filled);
}

function pageRule(pages: PagesManifest): PageRule {
  switch (pages.by) {
    case 'none':
      return whole;
    case 'cursor':
      return byCursor({ at: pages.at, ...sizesOf(pages), next: placeOf(pages.next) });
    case 'offset': {
      const total = pages.total === undefined ? {} : { total: placeOf(pages.total) };
      return byOffset({ at: pages.at, ...sizesOf(pages), size: pages.size, ...total });
    }
    case 'number':
      return byNumber({ at: pages.at, ...sizesOf(pages), more: moreBy(pages.more) });
    case 'link':
      return byLink({ at: pages.at, ...sizesOf(pages) });
  }
}

function sizesOf({ size, most }: { readonly size?: string; readonly most?: number }) {
  return { ...(size !== undefined && { size }), ...(most !== undefined && { most }) };
}

const placeOf =
  (pointer: string): Place =>
  body =>
    valueAt(body, pointer);

/** Whether another page follows: as the answer says, else while pages are full. */
function moreBy(pointer: string | undefined) {
  return (body: unknown, nodes: readonly unknown[], asked: number): boolean =>
    pointer === undefined ? nodes.length >= asked : valueAt(body, pointer) === true;
}

function itemOf({ value, label, text, archived }: ListManifest, node: Json): ReferenceItem {
  const id = readId(valueAt(node, value), value);
  const read = (pointer: string | undefined) =>
    pointer === undefined ? undefined : optionalString(valueAt(node, pointer));
  const description = read(text)?.slice(0, MAX_TEXT);
  return {
    value: id,
    label: read(label) ?? id,
    ...(description !== undefined && { description }),
    state: archived !== undefined && valueAt(node, archived) === true ? 'ARCHIVED' : 'PRESENT',
  };
}
