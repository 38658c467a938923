import { readFileSync, writeFileSync } from 'node:fs';
import * as simpleIcons from 'simple-icons';
import { connectOnlyProviders } from '../../src/connect_only/list.ts';
import type { MarkSlice } from '../../src/logos/marks.ts';
import { providers as full } from '../../src/providers/index.ts';

/**
 * `node conformance/slices/logos.ts` writes src/logos/marks.json: of simple-icons what providers name, and nothing else.
 * An icon with a licence of its own is left out unless that is CC0 too; the provider then has a monogram.
 */

const providers = [...full, ...connectOnlyProviders];
const slicePath = new URL('../../src/logos/marks.json', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

const icons = new Map(Object.values(simpleIcons).flatMap(icon => ('slug' in icon ? [[icon.slug, icon] as const] : [])));
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const licenceOf = (slug: string): string | undefined => icons.get(slug)?.license?.type;
const isFree = (slug: string): boolean => [undefined, 'CC0-1.0'].includes(licenceOf(slug));

/** The slug that a provider without a mark would have. */
const guessOf = ({ id, displayName }: (typeof providers)[number]): string | undefined =>
  [plain(displayName), plain(id)].find(slug => icons.has(slug));

const named = [
  ...new Set(providers.flatMap(({ logo }) => (logo === 'monogram' || typeof logo !== 'string' ? [] : logo))),
];
const problems = named.flatMap(slug => {
  if (!icons.has(slug)) return `${slug} is no slug of simple-icons`;
  return isFree(slug) ? [] : `${slug} has a licence of its own: ${licenceOf(slug)}`;
});
if (problems.length > 0) throw new Error(`these providers need a monogram:\n${problems.join('\n')}`);

const guesses = providers.filter(({ logo }) => logo === 'monogram').flatMap(provider => guessOf(provider) ?? []);
for (const slug of guesses.filter(isFree)) console.log(`${slug} is a mark, and its provider has a monogram`);

const markOf = (slug: string) => {
  const { title, hex, path } = icons.get(slug)!;
  return [slug, { title, color: `#${hex.toLowerCase()}`, path }] as const;
};
const slice: MarkSlice = {
  notice: `Marks from Simple Icons ${manifest.devDependencies['simple-icons']}, dedicated to the public domain under CC0 1.0 Universal (https://creativecommons.org/publicdomain/zero/1.0/). CC0 waives no trademark: each mark is its owner's, and shows nothing but which service is meant.`,
  excluded: Object.fromEntries(guesses.filter(slug => !isFree(slug)).map(slug => [slug, licenceOf(slug) ?? ''])),
  marks: Object.fromEntries(named.toSorted().map(markOf)),
};
const text = `${JSON.stringify(slice, undefined, 2)}\n`;
writeFileSync(slicePath, text);
console.log(
  `${named.length} marks, ${text.length} bytes; left out: ${Object.keys(slice.excluded).join(', ') || 'none'}`,
);
