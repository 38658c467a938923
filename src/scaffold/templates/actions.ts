import type { Answers } from '../answers.ts';
import { literal, title, when, withImports } from '../text.ts';

/** `actions.ts`: one action. Its texts are bounded widely; the vendor's own bounds are the author's to set. */
export function actionsFile({ id, action, reference }: Answers): string | undefined {
  if (action === undefined) return undefined;
  const field = (name: string): string =>
    name === reference?.noun
      ? `${name}: picked(${literal(`${id}.${name}`)}, text(${literal(`${title(name)} id`)}, 256))`
      : `${name}: text(${literal(title(name))}, 1_000)`;
  const needs = action.input.filter(name => !name.endsWith('?')).map(field);
  const takes = action.input.filter(name => name.endsWith('?')).map(name => field(name.slice(0, -1)));
  const { output } = action;
  return withImports(
    `
export const actions: readonly Action[] = [
  action(${literal(`${id}.${action.name}`)}, ${literal(action.title)}, ${literal(action.description)}, {
    effect: ${action.effect},
    ${when(action.scopes.length > 0, `scopes: ${literal(action.scopes)},`)}
    ${when(needs.length > 0, `needs: { ${needs.join(', ')} },`)}
    ${when(takes.length > 0, `takes: { ${takes.join(', ')} },`)}
    gives: output([${literal(output)}], { ${output}: field("string", ${literal(title(output))}) }),
  }),
];
`,
    {
      '../kit/action.ts': ['action', 'picked'],
      '../kit/effects.ts': ['ADDS', 'READS', 'REMOVES', 'SETS'],
      '../kit/schema.ts': ['field', 'output', 'text'],
      '../provider.ts': ['type Action'],
    },
  );
}
