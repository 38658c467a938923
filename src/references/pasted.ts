/** What was typed may be a value, or the address of a page about one: the values that it may stand for. */
export function valuesOf(typed: string, valueOfUrl: ((url: URL) => string | undefined) | undefined): readonly string[] {
  if (typed === '') return [];
  if (!isAddress(typed)) return [typed];
  const url = new URL(typed);
  const value = valueOfUrl?.(url);
  if (value !== undefined) return [value];
  return [...new Set(url.pathname.split('/').filter(part => part !== ''))];
}

export function isAddress(typed: string): boolean {
  return /^https?:\/\//i.test(typed) && URL.canParse(typed);
}

/** Whether it may be a value at all: people do not search for one long word with digits in it. */
export function looksLikeValue(typed: string): boolean {
  return isAddress(typed) || (/^\S{4,512}$/.test(typed) && /[\d/]/.test(typed));
}
