import { randomInt } from 'node:crypto';
import type { EmulatedHook } from '../providers/emulator.ts';
import type { SandboxContext } from './context.ts';
import { composers } from './deliveries.ts';
import { githubProblem } from './github-installations.ts';
import { type Happening, objectsOf } from './happenings.ts';
import { type App, pageOf, parseObject } from './http.ts';
import { githubAccounts } from './world.ts';

type Guard = (request: Request, work: () => Response | Promise<Response>) => Response | Promise<Response>;

const here = '/repos/:owner/:repo';

/** Webhooks of repositories, and the lists that what happened there is in. `forward` is for whatever the package knows. */
export function serveGitHubHooks(
  app: App,
  context: SandboxContext,
  guard: Guard,
  forward: (request: Request) => Promise<Response>,
): void {
  const hooks = context.hooks('github');
  const repositories = new Set(
    githubAccounts.flatMap(({ login, repositories: names }) => names.map(name => `${login}/${name}`)),
  );

  /** Runs `work` for a repository that is there. */
  const at = (
    c: { req: { raw: Request; param(name: string): string | undefined } },
    work: (repository: string) => Response | Promise<Response>,
  ) =>
    guard(c.req.raw, () => {
      const repository = `${c.req.param('owner')}/${c.req.param('repo')}`;
      return repositories.has(repository) ? work(repository) : githubProblem(404, 'Not Found');
    });
  const of = (repository: string) => hooks.all().filter(({ facts }) => facts.repository === repository);

  app.get(`${here}/hooks`, c =>
    at(c, repository =>
      paged(
        c.req.raw,
        of(repository).map(hook => shown(hook, context)),
      ),
    ),
  );
  app.post(`${here}/hooks`, c =>
    at(c, async repository => {
      const body = parseObject(await c.req.text()) ?? {};
      const config = (body.config ?? {}) as Record<string, string>;
      if (!URL.canParse(config.url ?? '')) return githubProblem(422, 'Validation Failed');
      if (of(repository).some(({ url }) => url === config.url)) {
        return githubProblem(422, 'Validation Failed: Hook already exists on this repository');
      }
      const hook: EmulatedHook = {
        id: String(randomInt(400_000_000, 500_000_000)),
        url: config.url!,
        secret: config.secret ?? '',
        account: repository.split('/')[0]!,
        facts: { repository, events: body.events ?? ['push'], active: body.active !== false },
      };
      hooks.add(hook);
      void ping(hook, context);
      return Response.json(shown(hook, context), { status: 201 });
    }),
  );
  app.get(`${here}/hooks/:id`, c =>
    at(c, repository => {
      const hook = of(repository).find(({ id }) => id === c.req.param('id'));
      return hook ? Response.json(shown(hook, context)) : githubProblem(404, 'Not Found');
    }),
  );
  app.delete(`${here}/hooks/:id`, c =>
    at(c, repository => {
      const hook = of(repository).find(({ id }) => id === c.req.param('id'));
      return hook && hooks.remove(hook.id) ? new Response(null, { status: 204 }) : githubProblem(404, 'Not Found');
    }),
  );

  const happened = (repository: string, event: string) =>
    objectsOf(context, each => each.target === repository && each.event.startsWith(`${event}.`));
  const since = (request: Request) => {
    const from = (new URL(request.url).searchParams.get('since') ?? '').replace(/\.\d+Z$/, 'Z');
    return (each: Happening['object']): boolean => String(each.updated_at) >= from;
  };
  /** The package has issues of its own. */
  app.get(`${here}/issues`, c =>
    at(c, async repository => {
      const own = happened(repository, 'issues');
      if (own.length === 0) return forward(c.req.raw);
      const everything = new URL(c.req.url);
      everything.search = 'state=all&per_page=100';
      const known = await forward(new Request(everything, { headers: c.req.raw.headers }));
      const all = [...((await known.json()) as Happening['object'][]), ...own];
      return paged(c.req.raw, all.filter(since(c.req.raw)));
    }),
  );
  /** The package does not list comments of a repository. */
  app.get(`${here}/issues/comments`, c =>
    at(c, repository => paged(c.req.raw, happened(repository, 'issue_comment').filter(since(c.req.raw)))),
  );
  app.get(`${here}/issues/:number`, c =>
    at(c, repository => {
      const issue = happened(repository, 'issues').find(each => String(each.number) === c.req.param('number'));
      return issue ? Response.json(issue) : forward(c.req.raw);
    }),
  );
}

/** Counts pages from one, with a Link header while there is a next. */
function paged(request: Request, items: readonly object[]): Response {
  const url = new URL(request.url);
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30) || 30);
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1) || 1);
  const { items: shownItems, next } = pageOf(items, (page - 1) * size, size);
  url.searchParams.set('page', String(page + 1));
  return Response.json(shownItems, { headers: next === null ? {} : { Link: `<${url.href}>; rel="next"` } });
}

function shown({ id, url, secret, facts }: EmulatedHook, context: SandboxContext): object {
  return {
    type: 'Repository',
    id: Number(id),
    name: 'web',
    active: facts.active,
    events: facts.events,
    config: { url, content_type: 'json', insecure_ssl: '0', ...(secret !== '' && { secret: '********' }) },
    url: `${context.base('github')}/repos/${facts.repository}/hooks/${id}`,
  };
}

/** The first thing a new webhook is sent; its maker need not wait for it. */
async function ping({ url, secret, id }: EmulatedHook, context: SandboxContext): Promise<void> {
  const raw = JSON.stringify({ zen: 'Speak like a human.', hook_id: Number(id) });
  const composed = await composers.github!({ event: 'ping', raw, secret }, context.state.secrets, context.now());
  const headers = { 'Content-Type': 'application/json', ...composed.headers };
  // Nobody there: it is sent once.
  await context.fetch(url, { method: 'POST', headers, body: raw }).catch(() => undefined);
}
