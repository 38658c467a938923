import type { SandboxContext } from './context.ts';
import { githubProblem, installationClient } from './github-installations.ts';
import { bearer, pageOf } from './http.ts';
import { githubAccounts } from './world.ts';

export type Answered = Response | Promise<Response>;

/** A call as routes see it. */
export type RepositoryCall = {
  req: { raw: Request; url: string; text(): Promise<string>; param(name: string): string | undefined };
};

/** Runs `work` for whoever may see the repository; an installation needs the permission too, where one is named. */
export type AtRepository = (
  c: RepositoryCall,
  permission: string | undefined,
  work: (repository: string) => Answered,
) => Answered;

const repositories = new Set(
  githubAccounts.flatMap(({ login, repositories: names }) => names.map(name => `${login}/${name}`)),
);

export function openRepositories(
  { book }: Pick<SandboxContext, 'book'>,
  unauthorized: (request: Request) => Response,
): AtRepository {
  return (c, permission, work) => {
    const token = book.live('github', ['access', 'key'], bearer(c.req.raw));
    if (token === undefined) return unauthorized(c.req.raw);
    const owner = c.req.param('owner') ?? '';
    const repository = `${owner}/${c.req.param('repo')}`;
    const isInstallation = token.client === installationClient;
    if (!repositories.has(repository) || (isInstallation && token.account !== owner)) {
      return githubProblem(404, 'Not Found');
    }
    const isAllowed = token.scopes.some(scope => scope.split(':')[0] === permission);
    return !isInstallation || permission === undefined || isAllowed
      ? work(repository)
      : githubProblem(403, 'Resource not accessible by integration');
  };
}

/** Counts pages from one, with a Link header while there is a next. Absent `wrap`: the list is the answer. */
export function paged(
  request: Request,
  items: readonly object[],
  base: string,
  wrap: (shown: readonly object[]) => object = shown => shown,
): Response {
  const { pathname, searchParams } = new URL(request.url);
  const size = Math.min(100, Number(searchParams.get('per_page') ?? 30) || 30);
  const page = Math.max(1, Number(searchParams.get('page') ?? 1) || 1);
  const { items: shown, next } = pageOf(items, (page - 1) * size, size);
  searchParams.set('page', String(page + 1));
  const link = `<${base}${pathname}?${searchParams}>; rel="next"`;
  return Response.json(wrap(shown), { headers: next === null ? {} : { Link: link } });
}
