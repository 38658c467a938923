/** One segment of a path template: a fixed word, or the request field that takes the segment's text. */
export type Segment = { literal: string } | { field: string };

/** A google.api.http path template in the subset this service uses: words, `{field}`, and a `:verb` at the end. */
export type PathTemplate = { text: string; segments: readonly Segment[]; verb: string };

export function parseTemplate(text: string): PathTemplate {
  const form = /^((?:\/(?:[A-Za-z0-9_.~-]+|\{[a-z][a-z0-9_.]*(?:=\*)?\}))+)(?::([A-Za-z][A-Za-z0-9_-]*))?$/.exec(text);
  if (form === null) throw new Error(`the path template ${JSON.stringify(text)} is not one this service can serve`);
  const [, path = '', verb = ''] = form;
  const segments = path.slice(1).split('/').map(readSegment);
  return { text, segments, verb };
}

function readSegment(word: string): Segment {
  const field = /^\{([^=}]+)/.exec(word)?.[1];
  return field === undefined ? { literal: word } : { field };
}

/** Decoded segments of a request path; undefined when a percent sequence is broken or not UTF-8. */
export function splitPath(path: string): string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The texts of the template's fields, or undefined when the path does not match. */
export function matchTemplate(template: PathTemplate, path: readonly string[]): Map<string, string> | undefined {
  const { segments, verb } = template;
  if (path.length !== segments.length) return undefined;
  const fields = new Map<string, string>();
  for (const [i, segment] of segments.entries()) {
    let word = path[i] ?? '';
    if (verb !== '' && i === segments.length - 1) {
      if (!word.endsWith(`:${verb}`)) return undefined;
      word = word.slice(0, -verb.length - 1);
    }
    if ('literal' in segment ? segment.literal !== word : word === '') return undefined;
    if ('field' in segment) fields.set(segment.field, word);
  }
  return fields;
}

/** Sorts fixed words before fields, from the left, and verbs before none: the first match is the most literal one. */
export function compareTemplates(a: PathTemplate, b: PathTemplate): number {
  for (const [i, segment] of a.segments.entries()) {
    const other = b.segments[i];
    if (other === undefined) break;
    if ('literal' in segment !== 'literal' in other) return 'literal' in segment ? -1 : 1;
  }
  return b.verb.length - a.verb.length;
}

/** Equal for templates that match the same paths, whatever their fields are called. */
export function shapeOf({ segments, verb }: PathTemplate): string {
  return `${segments.map(s => ('literal' in s ? s.literal : '{}')).join('/')}:${verb}`;
}
