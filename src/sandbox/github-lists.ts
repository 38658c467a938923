import type { SandboxContext } from './context.ts';
import { githubProblem } from './github-installations.ts';
import { type AtRepository, paged, type RepositoryCall } from './github-repositories.ts';
import { type Happening, objectsOf } from './happenings.ts';
import type { App } from './http.ts';
import { made } from './world.ts';

type Node = Readonly<Record<string, unknown>>;
type Forward = (request: Request) => Promise<Response>;

const here = '/repos/:owner/:repo';
const seededTime = '2026-01-05T10:00:00Z';
/** GitHub's search shows no more of what it found. */
const mostFound = 1_000;

const labels = made(110, n => ({
  id: 7_000 + n,
  name: `label ${n}`,
  description: `Label ${n}`,
  color: 'ededed',
  default: false,
}));
const branches = made(120, n => ({
  name: n === 1 ? 'main' : `feature/${n}`,
  commit: { sha: String(n).padStart(40, '0') },
  protected: n === 1,
}));
const milestones = made(130, n => ({
  id: 8_000 + n,
  number: n,
  title: `Release ${n}`,
  description: null,
  state: n % 5 === 0 ? 'closed' : 'open',
  due_on: null,
}));
const people = made(101, n => ({ id: 9_000 + n, login: `person-${n}`, type: 'User' }));
const workflows = made(140, n => ({
  id: 161_000 + n,
  name: `Workflow ${n}`,
  path: `.github/workflows/${n}.yml`,
  state: n % 4 === 0 ? 'disabled_manually' : 'active',
}));
const issues = made(230, n => ({
  id: 5_000 + n,
  number: n,
  title: n % 2 === 0 ? `Mend part ${n}` : `Part ${n} is broken`,
  state: n % 3 === 0 ? 'closed' : 'open',
  updated_at: seededTime,
  ...(n % 2 === 0 && { pull_request: {} }),
}));
const isPull = (issue: Node): boolean => issue.pull_request !== undefined;
const numbers = (pulls: boolean) => issues.filter(issue => isPull(issue) === pulls).map(({ number }) => String(number));

/** What each picker shows of a repository: nothing that is closed or switched off. */
export const githubLists: Readonly<Record<string, readonly string[]>> = {
  'github.label': labels.map(({ name }) => name),
  'github.branch': branches.map(({ name }) => name),
  'github.milestone': milestones.filter(({ state }) => state === 'open').map(({ number }) => String(number)),
  'github.user': people.map(({ login }) => login),
  'github.workflow': workflows.filter(({ state }) => state === 'active').map(({ id }) => String(id)),
  'github.issue': numbers(false),
  'github.pull_request': numbers(true),
};

/** What stands in every repository, and what happened there, beside whatever the package was told. */
export function serveGitHubLists(app: App, context: SandboxContext, at: AtRepository, forward: Forward): void {
  const base = context.base('github');

  /** Everything the package has in its list of that path. */
  const known = async (c: RepositoryCall, path: string): Promise<readonly Node[]> => {
    const url = new URL(path, c.req.url);
    url.search = 'state=all&per_page=100';
    const { authorization = '' } = Object.fromEntries(c.req.raw.headers);
    const answer = await forward(new Request(url, { headers: { authorization } }));
    return answer.ok ? ((await answer.json()) as readonly Node[]) : [];
  };

  /** One list, and each of its items under what `keyOf` says of it. */
  const serve = (path: string, permission: string, seeded: readonly Node[], keyOf: (node: Node) => unknown): void => {
    app.get(`${here}/${path}`, c =>
      at(c, permission, async () => {
        const state = c.req.query('state') ?? 'open';
        const all = [...(await known(c, c.req.path)), ...seeded];
        const shown = all.filter(node => (path === 'milestones' && state !== 'all' ? node.state === state : true));
        return paged(c.req.raw, shown, base);
      }),
    );
    app.get(`${here}/${path}/:key{.+}`, c =>
      at(c, permission, () => {
        const found = seeded.find(node => String(keyOf(node)) === c.req.param('key'));
        return found ? Response.json(found) : forward(c.req.raw);
      }),
    );
  };
  serve('labels', 'issues', labels, ({ name }) => name);
  serve('branches', 'contents', branches, ({ name }) => name);
  serve('milestones', 'issues', milestones, ({ number }) => number);

  app.get(`${here}/assignees`, c => at(c, 'issues', () => paged(c.req.raw, people, base)));
  app.get(`${here}/assignees/:login`, c =>
    at(c, 'issues', () =>
      people.some(({ login }) => login === c.req.param('login'))
        ? new Response(null, { status: 204 })
        : githubProblem(404, 'Not Found'),
    ),
  );
  app.get(`${here}/actions/workflows`, c =>
    at(c, 'actions', () =>
      paged(c.req.raw, workflows, base, shown => ({ total_count: workflows.length, workflows: shown })),
    ),
  );
  app.get(`${here}/actions/workflows/:id`, c =>
    at(c, 'actions', () => {
      const found = workflows.find(({ id, path }) => [String(id), path.split('/').at(-1)].includes(c.req.param('id')));
      return found ? Response.json(found) : githubProblem(404, 'Not Found');
    }),
  );

  const happened = (repository: string, event: string) =>
    objectsOf(context, each => each.target === repository && each.event.startsWith(`${event}.`));
  const issuesOf = async (c: RepositoryCall, repository: string): Promise<readonly Node[]> => [
    ...(await known(c, `/repos/${repository}/issues`)),
    ...issues,
    ...happened(repository, 'issues'),
  ];
  const since = (request: Request) => {
    const from = (new URL(request.url).searchParams.get('since') ?? '').replace(/\.\d+Z$/, 'Z');
    return (each: Node | Happening['object']): boolean => String(each.updated_at) >= from;
  };
  app.get(`${here}/issues`, c =>
    at(c, 'issues', async repository => {
      const state = c.req.query('state') ?? 'open';
      const all = (await issuesOf(c, repository)).filter(issue => state === 'all' || issue.state === state);
      return paged(c.req.raw, all.filter(since(c.req.raw)), base);
    }),
  );
  /** The package does not list comments of a repository. */
  app.get(`${here}/issues/comments`, c =>
    at(c, 'issues', repository =>
      paged(c.req.raw, happened(repository, 'issue_comment').filter(since(c.req.raw)), base),
    ),
  );
  app.get(`${here}/issues/:number`, c =>
    at(c, 'issues', repository => {
      const all: readonly Node[] = [...issues, ...happened(repository, 'issues')];
      const issue = all.findLast(each => String(each.number) === c.req.param('number'));
      return issue ? Response.json(issue) : forward(c.req.raw);
    }),
  );
  app.get('/search/issues', c => {
    const { repository, kind, words } = askedFor(c.req.query('q') ?? '');
    const [owner, repo] = repository.split('/');
    const params: Readonly<Record<string, string | undefined>> = { owner, repo };
    const inside = { req: { raw: c.req.raw, url: c.req.url, text: c.req.text, param: (name: string) => params[name] } };
    return at(inside, kind === 'pr' ? 'pull_requests' : 'issues', async () => {
      const fits = (issue: Node): boolean =>
        (kind === undefined || isPull(issue) === (kind === 'pr')) &&
        words.every(word => String(issue.title).toLowerCase().includes(word));
      const found = (await issuesOf(inside, repository)).filter(fits).slice(0, mostFound);
      const whole = { total_count: found.length, incomplete_results: false };
      return paged(c.req.raw, found, base, items => ({ ...whole, items }));
    });
  });
}

function askedFor(q: string) {
  const [bare = '', ...quoted] = [q.replaceAll(/"[^"]*"/g, ' '), ...(q.match(/"[^"]*"/g) ?? [])];
  return {
    repository: /(?:^|\s)repo:(\S+)/.exec(bare)?.[1] ?? '',
    kind: /(?:^|\s)is:(issue|pr)(?:\s|$)/.exec(bare)?.[1],
    words: [...quoted.map(word => word.slice(1, -1)), ...bare.split(/\s+/).filter(word => !/^$|:/.test(word))].map(
      word => word.toLowerCase(),
    ),
  };
}
