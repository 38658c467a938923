import { readFileSync } from 'node:fs';
import type { DrawnMark, JsonSchema, Provider } from '../providers/provider.ts';

/** `marks.json`, which `conformance/slices/logos.ts` makes: the marks that providers name, and the notice of their source. */
export type MarkSlice = {
  readonly notice: string;
  readonly marks: Readonly<Record<string, DrawnMark & { readonly title: string }>>;
  /** Marks that providers have and we leave out, for a licence of their own: slug to licence. */
  readonly excluded: Readonly<Record<string, string>>;
};

const sliceFile = new URL('./marks.json', import.meta.url);

export const readMarks = (): MarkSlice => JSON.parse(readFileSync(sliceFile, 'utf8')) as MarkSlice;

/** What a provider's logo is drawn from; undefined: a monogram. */
export function markOf({ logo }: Provider, { marks }: MarkSlice): DrawnMark | undefined {
  if (typeof logo !== 'string') return logo;
  return Object.hasOwn(marks, logo) ? marks[logo] : undefined;
}

/** What a mark that people bring must be: path data and nothing else, and a plain colour. */
export const drawnMarkSchema: JsonSchema = {
  type: 'object',
  required: ['path', 'color'],
  additionalProperties: false,
  properties: {
    path: {
      type: 'string',
      description: 'The `d` of an SVG path, drawn in a box of 24 by 24.',
      minLength: 1,
      maxLength: 8192,
      pattern: '^[Mm][MmLlHhVvCcSsQqTtAaZz0-9 ,.eE+-]*$',
    },
    color: { type: 'string', description: 'The brand’s colour.', pattern: '^#[0-9a-fA-F]{6}$' },
  },
};
