/** What a new provider is asked for: one flag and one prompt each. */
export type Question = {
  readonly flag: string;
  /** In the words of the prompt and of `--help`. */
  readonly ask: string;
  /** Asked only where another answer is one of these, or holds one; with no values, where it is not empty. */
  readonly when?: readonly [flag: string, ...values: string[]];
  /** What holds where nothing is said; '' is nothing. Absent: it must be said. */
  readonly fallback?: string | ((given: Given) => string);
  /** What is wrong with the answer; undefined: nothing. Never asked of an empty answer. */
  readonly check: Check;
};

/** `values`: all that it lets pass, where they can be named. */
export type Check = ((text: string, given: Given) => string | undefined) & { readonly values?: readonly string[] };

/** Answers by flag; what does not apply is absent. */
export type Given = Readonly<Record<string, string>>;

export const matching =
  (pattern: RegExp, wanted: string): Check =>
  text =>
    pattern.test(text) ? undefined : `expected ${wanted}`;

export const oneOf = (...values: readonly string[]): Check =>
  Object.assign((text: string) => (values.includes(text) ? undefined : `expected one of ${values.join(', ')}`), {
    values,
  });

/** A list, each once. */
export const someOf = (...values: readonly string[]): Check =>
  Object.assign(
    (text: string) => {
      const chosen = listOf(text);
      const isRight = new Set(chosen).size === chosen.length && chosen.every(each => values.includes(each));
      return isRight ? undefined : `expected some of ${values.join(', ')}, separated by commas`;
    },
    { values },
  );

export const words = (max: number): Check => matching(new RegExp(`^[^\\n]{1,${max}}$`), `at most ${max} characters`);

export const sentence: Check = matching(
  /^[^\n]{9,278}\.$/,
  'a sentence of 10 to 280 characters that ends in a full stop',
);

export const address: Check = text =>
  URL.canParse(text) && /^https:\/\/[^?#]*[^/?#]$/.test(text)
    ? undefined
    : 'expected an https address without query and without a slash at its end';

export const path = matching(
  /^\/[^\s?#]*[^\s?#/]$/,
  'a path below the API base URL that begins with / and has no query',
);

/** Where a value stands in an answer: names with dots between them. */
export const place = matching(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,5}$/, 'names with dots between them, such as data.id');

export const header = matching(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header');

export const parameter = matching(/^[A-Za-z_][\w.[\]-]*$/, 'the name of a parameter');

/** The commas' items, in order. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

/** Whether the question applies, with the answers before it. */
export function applies({ when }: Question, given: Given): boolean {
  if (when === undefined) return true;
  const [flag, ...values] = when;
  const chosen = listOf(given[flag] ?? '');
  return values.length === 0 ? chosen.length > 0 : chosen.some(each => values.includes(each));
}

/** The condition as one would type it. */
export function conditionOf({ when }: Question): string {
  if (when === undefined) return '';
  const [flag, ...values] = when;
  return values.length === 0 ? `--${flag}` : `--${flag} ${values.join(' or ')}`;
}

/** What is asked, and of what to choose. */
export function wordsOf({ ask, check }: Question): string {
  return check.values === undefined ? ask : `${ask}: ${check.values.join(', ')}`;
}

export function fallbackOf({ fallback }: Question, given: Given): string | undefined {
  return typeof fallback === 'function' ? fallback(given) : fallback;
}
