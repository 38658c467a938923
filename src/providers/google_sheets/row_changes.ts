import { createHash } from 'node:crypto';

/** The rows of a sheet as they were: eight characters each, in order. The first is the header's. */
export type KnownRows = string;

export type Change = {
  readonly kind: 'ADDED' | 'UPDATED';
  /** From 1, as the sheet counts. */
  readonly rowNumber: number;
  readonly cells: readonly string[];
  readonly header: readonly string[];
};

const WIDTH = 8;

type Rows = readonly (readonly string[])[];
type Mark = { readonly mark: string; readonly index: number };

/**
 * What became of the rows, at most so many changes; `known` holds what was told and what was not changed, so that the next
 * comparison finds the rest. Rows that only moved, up, down or by sorting, did not change; empty ones and the header count
 * for nothing. Without rows from before, nothing is told.
 */
export function changesOf(
  rows: Rows,
  before: KnownRows | undefined,
  room: number,
): { readonly changes: readonly Change[]; readonly known: KnownRows; readonly hasMore: boolean } {
  const [header = [], ...body] = rows;
  const head = markOf(header);
  const now = body.flatMap((cells, index): Mark[] => (isEmpty(cells) ? [] : [{ mark: markOf(cells), index }]));
  if (before === undefined) return { changes: [], known: head + now.map(({ mark }) => mark).join(''), hasMore: false };
  const old = marksOf(before).slice(1);
  const pairs = pair(old, now);
  const changes: Change[] = [];
  const kept: string[] = [];
  let hasMore = false;
  for (const { mark, index, was } of pairs) {
    if (was === mark) kept.push(mark);
    else if (changes.length < room) {
      const cells = body[index] ?? [];
      changes.push({ kind: was === undefined ? 'ADDED' : 'UPDATED', rowNumber: index + 2, cells, header });
      kept.push(mark);
    } else {
      hasMore = true;
      if (was !== undefined) kept.push(was);
    }
  }
  return { changes, known: head + kept.join(''), hasMore };
}

type Pair = Mark & { readonly was: string | undefined };

/**
 * Which row each was. Equal ones first, wherever they are; of the others, those that stand between the same neighbours are
 * the same row, in order, and what is left over is new.
 */
function pair(old: readonly string[], now: readonly Mark[]): readonly Pair[] {
  const counts = new Map<string, number>();
  for (const { mark } of now) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  // Rows from before that are nowhere now, each with the row from before that it followed.
  const lost = new Map<string, string[]>();
  let previous = '';
  for (const mark of old) {
    const left = counts.get(mark) ?? 0;
    if (left > 0) {
      counts.set(mark, left - 1);
      previous = mark;
    } else lost.set(previous, [...(lost.get(previous) ?? []), mark]);
  }
  const stays = new Map<string, number>();
  for (const mark of old) stays.set(mark, (stays.get(mark) ?? 0) + 1);
  let follows = '';
  return now.map(({ mark, index }): Pair => {
    const left = stays.get(mark) ?? 0;
    if (left > 0) {
      stays.set(mark, left - 1);
      follows = mark;
      return { mark, index, was: mark };
    }
    return { mark, index, was: lost.get(follows)?.shift() };
  });
}

function isEmpty(cells: readonly string[]): boolean {
  return cells.every(cell => cell === '');
}

/** Empty cells at the end make no difference: the vendor leaves them out at times. */
function markOf(cells: readonly string[]): string {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === '') end -= 1;
  return createHash('sha256')
    .update(JSON.stringify(cells.slice(0, end)))
    .digest('base64url')
    .slice(0, WIDTH);
}

function marksOf(known: KnownRows): readonly string[] {
  return known.match(new RegExp(`.{${WIDTH}}`, 'g')) ?? [];
}
