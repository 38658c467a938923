/** Words that channels are named by. */
export const WORDS = (
  'alert api backend billing client core customer data deploy design dev docs engineering event finance frontend growth ' +
  'hiring incident infra integration launch legal marketing metrics mobile office onboarding ops partner payment people ' +
  'platform product project random release research sales search security service social staging support team test web'
).split(' ');

/** Channel names: two words and a number, as workspaces have them. */
export function channelNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${word(i * 7)}-${word(i * 13 + Math.floor(i / 50))}-${i}`);
}

export type Text = {
  readonly q: string;
  /** So many pages on, or the last one. */
  readonly page?: number;
};

/**
 * What people do with a picker, by the way that the search goes. Each way is measured equally often, however rare it is in
 * life, where nearly all open the list or type the start of a name: so the 95th percentile of all is the slower half of the
 * slowest way. Left out is what no index answers: an id that it does not know, which the provider is asked for.
 */
export function waysOf(channels: readonly { readonly id: string; readonly name: string }[]) {
  const [a, b, c, d] = [512, 4_021, 77, 9_900].map(i => channels[i] ?? { id: '', name: '' });
  const ways: Record<string, readonly (string | Text)[]> = {
    'opened, and scrolled': ['', { q: '', page: 1 }, { q: '', page: 4 }, { q: '', page: 10 }],
    'one letter': ['a', 'p', 's', 'z'],
    'start of a name': ['eng', 'pay', 'engineering', 'release-'],
    'two words': ['team sales', 'ops web', 'data search', 'security onb'],
    'start of a later word': ['77', 'staging 77', 'web 123', 'team 40'],
    'inside a word': ['ment', 'gineer', 'tform', 'ng'],
    'a whole name': [`#${a?.name}`, b?.name ?? '', c?.name.replaceAll('-', ' ') ?? '', d?.name.toUpperCase() ?? ''],
    'a typing error': ['enginering', 'suport tema', 'marketnig', 'onbaording'],
    nothing: ['zzzz', 'qqxx', 'kubernetes', 'xylophone music'],
    pasted: [a?.id ?? '', b?.id ?? '', `https://acme.slack.com/archives/${c?.id}`, d?.id ?? ''],
    'deep pages': [
      { q: '', page: 150 },
      { q: 'pro', page: 20 },
      { q: 'a', page: 8 },
      { q: 'ing', page: 12 },
    ],
  };
  return Object.entries(ways).map(([way, texts]) => ({
    way,
    texts: texts.map((text): Text => (typeof text === 'string' ? { q: text } : text)),
  }));
}

function word(index: number): string {
  return WORDS[index % WORDS.length] ?? '';
}
