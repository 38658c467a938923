/** A text with places for values, `/v1/{team}/users`: what stands between the places, and their names in turn. */
export type Template = { readonly texts: readonly string[]; readonly names: readonly string[] };

export function parseTemplate(text: string): Template {
  const parts = text.split(/\{([a-z][a-z0-9_]*)\}/);
  return { texts: parts.filter((_, index) => index % 2 === 0), names: parts.filter((_, index) => index % 2 === 1) };
}

/** The text with a value in each place. */
export function fillTemplate({ texts, names }: Template, fill: (name: string) => string): string {
  return texts.map((text, index) => (index < names.length ? text + fill(names[index] ?? '') : text)).join('');
}
