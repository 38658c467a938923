import type { EmulatedPage, PageStyle } from '../../providers/emulator.ts';

/** A page was asked for in a way the vendor does not know. */
export class BadPage extends Error {
  override name = 'BadPage';
}

type Parameters = (name: string) => unknown;

export function cutPage<T>(items: readonly T[], style: PageStyle<T>, parameters: Parameters): EmulatedPage<T> {
  const asked = style.size === undefined ? undefined : parameters(style.size);
  const size = asked === undefined || asked === '' ? (style.usual ?? 20) : Number(asked);
  if (!Number.isInteger(size) || size < 1) throw new BadPage('size');
  const taken = Math.min(size, style.most ?? 100);
  const start = startOf(items, style, parameters(style.at), taken);
  const page = items.slice(start, start + taken);
  const end = start + page.length;
  const shown = { items: page, start, total: items.length };
  return end < items.length && page.length > 0 ? { ...shown, next: nextOf(style, page, end, taken) } : shown;
}

function startOf<T>(items: readonly T[], style: PageStyle<T>, at: unknown, size: number): number {
  if (at === undefined || at === null || at === '') return 0;
  const text = String(at);
  const count = Number(text);
  switch (style.by) {
    case 'offset':
      if (!Number.isInteger(count) || count < 0) throw new BadPage('offset');
      return count;
    case 'number':
      if (!Number.isInteger(count) || count < 1) throw new BadPage('page number');
      return (count - 1) * size;
    case 'cursor': {
      const offset = Number(/^after:(\d+)$/.exec(Buffer.from(text, 'base64url').toString())?.[1] ?? Number.NaN);
      if (!(offset <= items.length)) throw new BadPage('cursor');
      return offset;
    }
    case 'last': {
      const index = items.findIndex(item => style.id?.(item) === text);
      if (index < 0) throw new BadPage('last item');
      return index + 1;
    }
  }
}

function nextOf<T>(style: PageStyle<T>, page: readonly T[], end: number, size: number): string {
  switch (style.by) {
    case 'offset':
      return String(end);
    case 'number':
      return String(Math.ceil(end / size) + 1);
    case 'cursor':
      return Buffer.from(`after:${end}`).toString('base64url');
    case 'last':
      return style.id?.(page.at(-1)!) ?? '';
  }
}
