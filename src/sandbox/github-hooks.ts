import { randomInt } from 'node:crypto';
import type { EmulatedHook } from '../providers/emulator.ts';
import type { SandboxContext } from './context.ts';
import { composers } from './deliveries.ts';
import { githubProblem } from './github-installations.ts';
import { type AtRepository, paged } from './github-repositories.ts';
import { type App, parseObject } from './http.ts';

const here = '/repos/:owner/:repo';

/** Webhooks of repositories. */
export function serveGitHubHooks(app: App, context: SandboxContext, at: AtRepository): void {
  const hooks = context.hooks('github');
  const of = (repository: string) => hooks.all().filter(({ facts }) => facts.repository === repository);

  app.get(`${here}/hooks`, c =>
    at(c, undefined, repository =>
      paged(
        c.req.raw,
        of(repository).map(hook => shown(hook, context)),
        context.base('github'),
      ),
    ),
  );
  app.post(`${here}/hooks`, c =>
    at(c, undefined, async repository => {
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
    at(c, undefined, repository => {
      const hook = of(repository).find(({ id }) => id === c.req.param('id'));
      return hook ? Response.json(shown(hook, context)) : githubProblem(404, 'Not Found');
    }),
  );
  app.delete(`${here}/hooks/:id`, c =>
    at(c, undefined, repository => {
      const hook = of(repository).find(({ id }) => id === c.req.param('id'));
      return hook && hooks.remove(hook.id) ? new Response(null, { status: 204 }) : githubProblem(404, 'Not Found');
    }),
  );
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
