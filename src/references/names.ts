/** A name longer than this is found by its beginning. In characters. */
const MAX_NAME = 160;
const MAX_EXTRA = 400;

/** Without case and accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** What searches compare: folded words, one space between them. `#Team-Leads` is `team leads`. */
export function nameOf(label: string): string {
  const words = fold(label)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return cut(words, MAX_NAME).trimEnd();
}

/** What stands before or between the words of a name: nobody means it by itself. */
const SIGNS = /[\s#@/_.:,;|()[\]{}'"<>-]+/gu;

/** Whether the text is nothing but such signs. */
export function isSign(text: string): boolean {
  return text.replace(SIGNS, '') === '';
}

/** What else finds it: its label where other signs are in it (`C++`), and its description. */
export function extraOf(label: string, description: string | undefined): string {
  const plain = fold(label).replaceAll(/\p{Cc}/gu, ' ');
  const isTold = plain.replace(SIGNS, '') === nameOf(label).replaceAll(' ', '');
  const more = description === undefined ? '' : fold(description).replaceAll(/\p{Cc}/gu, ' ');
  return cut([isTold ? '' : plain, more].filter(text => text !== '').join('\n'), MAX_EXTRA);
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars
    ? text
    : text
        .slice(0, maxChars)
        .toWellFormed()
        .replace(/\uFFFD$/, '');
}
