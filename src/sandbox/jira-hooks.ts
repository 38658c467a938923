import type { EmulatedHook } from '../providers/emulator.ts';
import type { SandboxContext } from './context.ts';
import { type App, pageOf, parseObject } from './http.ts';
import type { JiraSite } from './world.ts';

/** Runs `work` for whoever may use the site with that scope. */
export type OnSite = (
  request: Request,
  cloudId: string,
  scope: string,
  work: (site: JiraSite, query: URLSearchParams) => Response | Promise<Response>,
) => Response | Promise<Response>;

const lifeMs = 30 * 86_400_000;
/** Of a person and site. */
const mostHooks = 5;

/** Webhooks that the app registers. */
export function serveJiraHooks(app: App, context: SandboxContext, onSite: OnSite): void {
  const hooks = context.hooks('jira');
  const api = '/ex/jira/:cloudId/rest/api/3';
  const scope = 'manage:jira-webhook';
  const of = (site: JiraSite) => hooks.all().filter(({ account }) => account === site.name);
  const ends = () => new Date(context.now().getTime() + lifeMs);

  app.post(`${api}/webhook`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), scope, async site => {
      const body = parseObject(await c.req.text()) ?? {};
      const wanted = (body.webhooks ?? []) as { events?: unknown; jqlFilter?: unknown }[];
      const webhookRegistrationResult = wanted.map(({ events, jqlFilter }) => {
        if (typeof jqlFilter !== 'string' || !/^[\w.[\]]+ ?(=|!=|IN|NOT IN) ?.+$/.test(jqlFilter)) {
          return { errors: ['The clause is not supported by JQL filter for webhooks.'] };
        }
        if (of(site).length >= mostHooks) return { errors: [`The limit of ${mostHooks} webhooks is reached.`] };
        const id = 10_000 + hooks.all().length + context.happenings.length * 100;
        const taken = new Set(hooks.all().map(hook => Number(hook.id)));
        const free = Array.from({ length: taken.size + 1 }, (_, i) => id + i).find(each => !taken.has(each))!;
        const facts = { events: events ?? [], jqlFilter };
        const hook: EmulatedHook = {
          id: String(free),
          url: String(body.url),
          secret: '',
          account: site.name,
          expireTime: ends(),
          facts,
        };
        hooks.add(hook);
        return { createdWebhookId: free };
      });
      return Response.json({ webhookRegistrationResult });
    }),
  );
  app.get(`${api}/webhook`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), scope, (site, query) => {
      const startAt = Number(query.get('startAt') ?? 0) || 0;
      const maxResults = Math.min(100, Number(query.get('maxResults') ?? 100) || 100);
      const all = of(site);
      const { items, next } = pageOf(all, startAt, maxResults);
      const values = items.map(({ id, url, facts, expireTime }) => ({
        id: Number(id),
        url,
        ...facts,
        expirationDate: expireTime?.toISOString().replace('Z', '+0000'),
      }));
      return Response.json({ maxResults, startAt, total: all.length, isLast: next === null, values });
    }),
  );
  app.put(`${api}/webhook/refresh`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), scope, async site => {
      const ids = idsOf(await c.req.text());
      const expireTime = ends();
      for (const hook of of(site).filter(({ id }) => ids.includes(id))) hooks.add({ ...hook, expireTime });
      return Response.json({ expirationDate: expireTime.toISOString().replace('Z', '+0000') });
    }),
  );
  app.delete(`${api}/webhook`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), scope, async site => {
      const ids = idsOf(await c.req.text());
      for (const hook of of(site).filter(({ id }) => ids.includes(id))) hooks.remove(hook.id);
      return new Response(null, { status: 202 });
    }),
  );
}

function idsOf(text: string): readonly string[] {
  const { webhookIds } = parseObject(text) ?? {};
  return Array.isArray(webhookIds) ? webhookIds.map(String) : [];
}
