import type { SandboxContext } from './context.ts';
import { innerTokens, rotate, startInner } from './inner.ts';
import { type LinearOrganization, uuidOf } from './world.ts';

export interface Organization {
  facts: LinearOrganization;
  /** Sends a GraphQL call on as the organization's viewer. */
  send(request: Request): Promise<Response>;
  close(): Promise<void>;
}

interface Named {
  id: string;
  name?: string;
  title?: string;
  email?: string;
  key?: string;
  states?: { nodes: Named[] };
}

const everything = `{
  organization { id }
  users(first: 250) { nodes { id email } }
  teams(first: 250) { nodes { id key states(first: 50) { nodes { id name } } } }
  projects(first: 250) { nodes { id name } }
  issues(first: 250) { nodes { id title } }
}`;

/** Starts the package's Linear with this organization in it and teaches it our stable ids. */
export async function startOrganization(facts: LinearOrganization, context: SandboxContext): Promise<Organization> {
  const tokens = innerTokens('lin-inner');
  const { viewer } = facts;
  const seed = {
    linear: {
      organization: { name: facts.name, url_key: facts.urlKey },
      users: [{ email: viewer.email, name: viewer.name, admin: true }],
      teams: facts.teams.map(({ key, name }) => ({ key, name })),
      projects: facts.projects.map(name => ({ name, team: facts.teams[0]!.key })),
      issues: facts.issues,
      tokens: tokens.map(token => ({ token, user: viewer.email })),
    },
  };
  const inner = await startInner('linear', seed, context.base('linear'), context.fetch);
  const next = rotate(tokens);
  const send = (request: Request): Promise<Response> => inner.send(request, `Bearer ${next()}`);
  const answer = await send(
    new Request('http://linear.invalid/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: everything }),
    }),
  );
  const { data } = (await answer.json()) as { data: Record<string, Named & { nodes: Named[] }> };
  const { organization, teams, ...lists } = data;
  if (organization === undefined || teams === undefined)
    throw new Error('sandbox: Linear did not answer while seeding');
  const pairs = Object.entries(lists).flatMap(([list, { nodes }]) =>
    nodes.map((node): [string, string] => [
      node.id,
      uuidOf(`${facts.urlKey}/${list}/${node.name ?? node.title ?? node.email}`),
    ]),
  );
  const teamPairs = teams.nodes.flatMap(({ id, key, states }): [string, string][] => [
    [id, uuidOf(`${facts.urlKey}/team/${key}`)],
    ...(states?.nodes ?? []).map((state): [string, string] => [
      state.id,
      uuidOf(`${facts.urlKey}/${key}/${state.name}`),
    ]),
  ]);
  inner.learn([[organization.id, facts.id], ...pairs, ...teamPairs]);
  return { facts, send, close: inner.close };
}
