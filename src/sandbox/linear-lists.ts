import { type LinearOrganization, made, uuidOf } from './world.ts';

type Node = Readonly<Record<string, unknown>> & { readonly id: string };

/** Linear gives no more at once, and 50 where nobody says. */
const mostAtOnce = 250;
const usual = 50;
/** More than a page of the most that is asked for. */
const count = 260;
const weekMs = 7 * 86_400_000;
const firstCycleMs = Date.UTC(2026, 0, 5);

/** Labels of the workspace and its first team, and that team's cycles, the newest first. */
export function linearLists({ urlKey, teams }: LinearOrganization) {
  const team = { id: teams[0]?.id ?? '' };
  const labels: readonly Node[] = made(count, n => ({
    id: uuidOf(`${urlKey}/label/${n}`),
    name: `Label ${n}`,
    color: '#bec2c8',
    team: n % 2 === 0 ? team : null,
    archivedAt: null,
  }));
  const cycles: readonly Node[] = made(count, n => ({
    id: uuidOf(`${urlKey}/cycle/${n}`),
    number: n,
    name: n % 3 === 0 ? `Sprint ${n}` : null,
    startsAt: new Date(firstCycleMs + n * weekMs).toISOString(),
    endsAt: new Date(firstCycleMs + (n + 1) * weekMs).toISOString(),
    team,
    archivedAt: null,
  })).toReversed();
  return { labels, cycles };
}

/** The lists of labels and cycles, whole or of a team, which the package has none of. Undefined: it is asked for another. */
export function answerLinearLists(
  organization: LinearOrganization,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): object | undefined {
  const asked = /^query \w+(?:\([^)]*\))? \{ (team\(id: \$team\) \{ )?(issueLabels|labels|cycles)\(/.exec(query);
  const [, ofTeam, root = ''] = asked ?? [];
  if (asked === null || (root === 'labels') !== (ofTeam !== undefined && root !== 'cycles')) return undefined;
  const all = linearLists(organization)[root === 'cycles' ? 'cycles' : 'labels'];
  if (ofTeam === undefined) return { [root]: connectionOf(all, variables) };
  const team = organization.teams.find(({ id }) => id === variables.team);
  if (team === undefined) return undefined;
  const own = all.filter(node => (node.team as { id: string } | null)?.id === team.id);
  return { team: { [root]: connectionOf(own, variables) } };
}

function connectionOf(all: readonly Node[], { first, after, filter }: Readonly<Record<string, unknown>>): object {
  const { id } = (filter ?? {}) as { id?: { in?: readonly string[] } };
  const matching = id?.in === undefined ? all : all.filter(node => id.in?.includes(node.id));
  const start = after === undefined || after === null ? 0 : matching.findIndex(node => node.id === after) + 1;
  const nodes = matching.slice(start, start + Math.min(mostAtOnce, Number(first ?? usual)));
  const hasNextPage = start + nodes.length < matching.length;
  return { nodes, pageInfo: { hasNextPage, endCursor: nodes.at(-1)?.id ?? null } };
}
