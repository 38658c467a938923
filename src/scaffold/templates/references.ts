import type { Answers, ReferenceAnswers } from '../answers.ts';
import { hole, literal, steps, title, when, withImports } from '../text.ts';

/** `references.ts`: one kind of thing that people pick. */
export function referencesFile({ id, reference }: Answers): string | undefined {
  if (reference === undefined) return undefined;
  const { noun, items, value, label, one } = reference;
  const onePath = `\`${one.replace('{id}', hole('segment(id)'))}\``;
  return withImports(
    `
export const references: readonly ReferenceType[] = [
  {
    name: ${literal(`${id}.${noun}`)},
    title: ${literal(title(noun))},
    description: ${literal(reference.description)},
    runtimeState: "ACTIVE",
    source: "PROVIDER",
    search: "LOCAL",
    scopes: ${literal(reference.scopes)},
    dependsOn: [],
    ...restLookup({
      path: ${literal(reference.path)},
      pages: ${pagesOf(reference)},
      ${when(items !== '', `items: [${steps(items)}],`)}
      item: node => {
        const value = readId(at(node, ${steps(value)}), ${literal(value)});
        return { value, label: optionalString(at(node, ${steps(label)})) ?? value, state: "PRESENT" };
      },
      ${when(one !== '', `one: id => ${onePath},`)}
    }),
  },
];
`,
    {
      '../kit/meta.ts': ['at'],
      '../kit/page_rules.ts': ['byCursor', 'byLastId', 'byNumber', 'byOffset', 'whole'],
      '../kit/read.ts': ['optionalString', 'readId'],
      '../kit/rest_lookup.ts': ['restLookup', 'segment'],
      '../provider.ts': ['type ReferenceType'],
    },
  );
}

function pagesOf({ paging, page, value }: ReferenceAnswers): string {
  const size = `at: ${literal(page.at)}, size: ${literal(page.size)}, most: ${page.most}`;
  switch (paging) {
    case 'cursor':
      return `byCursor({ ${size}, next: [${steps(page.next)}] })`;
    case 'offset':
      return `byOffset({ ${size} })`;
    case 'page':
      return `byNumber({ ${size}, more: (_, nodes, asked) => nodes.length >= asked })`;
    case 'link':
      return `byNumber({ ${size} })`;
    case 'last':
      return `byLastId({ ${size}, more: [${steps(page.more)}], id: ${literal(value)} })`;
    default:
      return 'whole';
  }
}
