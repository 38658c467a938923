/** Pieces of source text. Formatting is left to the formatter. */

/** A literal of a text, or of a list of texts. */
export function literal(value: string | readonly string[]): string {
  return JSON.stringify(value);
}

/** The part of a body after its condition; nothing where that does not hold. */
export function when(condition: boolean, text: string): string {
  return condition ? text : '';
}

/** A place such as `data.id` as arguments: `'data', 'id'`. */
export function steps(place: string): string {
  return place.split('.').map(literal).join(', ');
}

/** An expression within a template literal. */
export function hole(expression: string): string {
  return `\${${expression}}`;
}

/** An object literal that holds each expression at its place; `open` makes the braces of the object at a place. */
export function nested(
  expressions: readonly (readonly [place: string, expression: string])[],
  open: (fields: string, place: string, names: readonly string[]) => string = fields => `{ ${fields} }`,
  above = '',
): string {
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const [place, expression] of expressions) {
    const [name = '', ...rest] = place.split('.');
    groups.set(name, [...(groups.get(name) ?? []), [rest.join('.'), expression]]);
  }
  const fields = [...groups].map(([name, inner]) => {
    const leaf = inner.find(([place]) => place === '');
    const below = above === '' ? name : `${above}.${name}`;
    return `${name}: ${leaf === undefined ? nested(inner, open, below) : leaf[1]}`;
  });
  return open(fields.join(', '), above, [...groups.keys()]);
}

/** `two_words` as people read it. */
export function title(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** The body below imports of whatever it names among what the modules export; lines left empty in objects close up. */
export function withImports(text: string, modules: Modules): string {
  const body = text.replaceAll(/\n\s*\n(?=[ ]+\S)/g, '\n');
  const code = body
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const named = new Set([...code.matchAll(/(?<!\w|(?<!\.)\.)[A-Za-z_]\w*(?!\w|\s*:(?!:))/g)].map(([name]) => name));
  const lines = Object.entries(modules).flatMap(([module, names]) => {
    const used = names.filter(name => named.has(name.replace(/^type /, '')));
    if (used.length === 0) return [];
    const isTypes = used.every(name => name.startsWith('type '));
    const list = isTypes
      ? `type { ${used.map(name => name.slice('type '.length)).join(', ')} }`
      : `{ ${used.join(', ')} }`;
    return [`import ${list} from ${literal(module)};\n`];
  });
  return `${lines.join('')}\n${body}`;
}

/** What each module exports; types are written `type Name`. */
export type Modules = Readonly<Record<string, readonly string[]>>;
