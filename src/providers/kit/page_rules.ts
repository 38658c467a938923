import type { Answer, ReferenceQuery } from '../provider.ts';
import { ProviderError } from './error.ts';
import { nextPage, pageOf } from './link_pager.ts';
import { at } from './meta.ts';
import { offsetOf } from './offset_pager.ts';
import { found, type Place } from './place.ts';

type Parameters = Readonly<Record<string, string | number>>;

/** How a vendor cuts its lists: what to ask for, and where the next page begins. */
export type PageRule = {
  readonly ask: (query: ReferenceQuery) => Parameters;
  readonly next: (answer: Answer, query: ReferenceQuery, nodes: readonly unknown[]) => string | undefined;
  /** For vendors that give everything at once: what of it is this page. */
  readonly cut?: (nodes: readonly unknown[], query: ReferenceQuery) => readonly unknown[];
};

/** `size` is the parameter's name and `most` the vendor's largest page; without, the vendor lets nobody choose. */
export type PageSize = { readonly size?: string; readonly most?: number };

/** An opaque cursor that the answer names at `next`; empty, null or absent on the last page. */
export function byCursor({ at: parameter, next, ...size }: PageSize & { at: string; next: Place }): PageRule {
  return {
    ask: query => ({ ...sizeOf(query, size), ...(query.cursor !== undefined && { [parameter]: query.cursor }) }),
    next: ({ body }) => cursorOf(found(body, next)),
  };
}

/** The id of the last item shown, while the answer says at `more` that there are others. */
export function byLastId({
  at: parameter,
  more,
  id = 'id',
  ...size
}: PageSize & { at: string; more: readonly string[]; id?: string }): PageRule {
  return {
    ask: query => ({ ...sizeOf(query, size), ...(query.cursor !== undefined && { [parameter]: query.cursor }) }),
    next: ({ body }, _, nodes) => (at(body, ...more) === true ? cursorOf(at(nodes.at(-1), id)) : undefined),
  };
}

/** Items counted from zero. `total` is where the answer says how many there are; absent: a page that is not full is the last. */
export function byOffset({
  at: parameter,
  total,
  ...size
}: PageSize & { size: string; at: string; total?: Place }): PageRule {
  return {
    ask: query => ({ ...sizeOf(query, size), [parameter]: offsetOf(query) }),
    next: ({ body }, query, nodes) => {
      const end = offsetOf(query) + nodes.length;
      const all = total === undefined ? undefined : found(body, total);
      const isLast = typeof all === 'number' ? end >= all : nodes.length < Number(sizeOf(query, size)[size.size]);
      return isLast || nodes.length === 0 ? undefined : String(end);
    },
  };
}

/** Pages counted from one. `more` tells whether another follows; absent: the Link header does. */
export function byNumber({
  at: parameter,
  more,
  ...size
}: PageSize & { at: string; more?: (body: unknown, nodes: readonly unknown[], asked: number) => boolean }): PageRule {
  return {
    ask: query => ({ ...sizeOf(query, size), [parameter]: pageOf(query) }),
    next: ({ body, headers }, query, nodes) => {
      if (more === undefined) return nextPage(headers);
      const asked = Number(sizeOf(query, size)[size.size ?? ''] ?? 0);
      return nodes.length > 0 && more(body, nodes, asked) ? String(pageOf(query) + 1) : undefined;
    },
  };
}

/** A list the vendor gives whole. */
export const whole: PageRule = {
  ask: () => ({}),
  cut: (nodes, query) => nodes.slice(offsetOf(query), offsetOf(query) + Math.max(1, query.pageSize)),
  next: (_, query, nodes) => {
    const end = offsetOf(query) + Math.max(1, query.pageSize);
    return end < nodes.length ? String(end) : undefined;
  },
};

export function sizeOf({ pageSize }: ReferenceQuery, { size, most = 100 }: PageSize): Parameters {
  return size === undefined ? {} : { [size]: Math.min(Math.max(1, pageSize), most) };
}

function cursorOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('the next page is named by neither text nor number'));
}
