import { stripVTControlCharacters } from 'node:util';

/** A heading and the text under it, one a row. */
export type Column<T> = readonly [heading: string, cell: (row: T) => string];

const gap = 2;
const leastWidth = 8;

/** Rows in columns, each line at most `columns` wide: the widest columns give way first. */
export function formatTable<T>(rows: readonly T[], shape: readonly Column<T>[], columns: number): string {
  const lines = [shape.map(([heading]) => heading), ...rows.map(row => shape.map(([, cell]) => printable(cell(row))))];
  const widths = shape.map((_, i) => Math.max(...lines.map(line => widthOf(line[i]!))));
  while (widths.reduce((sum, width) => sum + width + gap, -gap) > columns) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= leastWidth) break;
    widths[widest]! -= 1;
  }
  return lines
    .map(
      line =>
        `${line
          .map((cell, i) => fitted(cell, widths[i]!))
          .join(' '.repeat(gap))
          .trimEnd()}\n`,
    )
    .join('');
}

/** Names and their values, one a line; those with no value are left out. */
export function formatFields(fields: readonly (readonly [name: string, value: string | undefined])[]): string {
  const told = fields.filter((field): field is readonly [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return told.map(([name, value]) => `${name.padEnd(width + gap)}${printable(value)}\n`).join('');
}

/** One line without control characters: what a provider wrote must not steer the terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

function fitted(text: string, width: number): string {
  const missing = width - widthOf(text);
  if (missing >= 0) return text + ' '.repeat(missing);
  let cut = '';
  for (const { segment } of segments.segment(text)) {
    if (widthOf(cut + segment) >= width) break;
    cut += segment;
  }
  return `${cut}…`.padEnd(width - widthOf(cut) + cut.length);
}

const segments = new Intl.Segmenter();
const wide = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;

/** Cells of the terminal that the text takes. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...segments.segment(text)].reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0);
}
