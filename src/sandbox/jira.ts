import type { SandboxContext } from './context.ts';
import { bearer, type Emulation, emulation } from './http.ts';
import { type OnSite, serveJiraHooks } from './jira-hooks.ts';
import { issueTypes, serveJiraLists } from './jira-lists.ts';
import { authorize, exchange, type OAuthFailure, type OAuthRules, plainAnswer } from './oauth.ts';
import { opaque } from './secrets.ts';
import { type JiraSite, jiraPerson, jiraSites } from './world.ts';

/** Refresh refusals carry status 403. Source: developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens. */
const failures: Record<OAuthFailure, { error: string; status: number; detail?: string }> = {
  invalid_client: { error: 'access_denied', status: 401, detail: 'Unauthorized' },
  invalid_code: { error: 'invalid_grant', status: 403, detail: 'Invalid authorization code' },
  invalid_refresh_token: { error: 'invalid_grant', status: 403, detail: 'Unknown or invalid refresh token.' },
  redirect_uri_mismatch: { error: 'invalid_grant', status: 403 },
  invalid_request: { error: 'invalid_request', status: 400 },
  unsupported_grant_type: { error: 'unsupported_grant_type', status: 400 },
};

export function startJira(context: SandboxContext): Promise<Emulation> {
  const { clientId, clientSecret, apiToken } = context.state.secrets.jira;
  const rules: OAuthRules = {
    provider: 'jira',
    client: { id: clientId, secret: clientSecret },
    accounts: jiraSites.map(({ name }) => name),
    scopeSeparator: ' ',
    lifeSeconds: () => 3600,
    refresh: 'rotating',
    clientAuth: 'body',
    newAccessToken: () => `eyJ${opaque(120)}`,
    newRefreshToken: () => `eyJ${opaque(120)}`,
    checkAuthorize: query => (query.get('audience') === 'api.atlassian.com' ? null : 'audience is missing'),
    wantsRefresh: (_, scopes) => scopes.includes('offline_access'),
    answer: (access, refreshed) => plainAnswer(rules, context.now, access, refreshed),
    fail: (failure, detail) => {
      const { error, status, detail: vendorDetail = detail } = failures[failure];
      return Response.json({ error, error_description: vendorDetail }, { status });
    },
  };

  const [site] = jiraSites;
  context.book.seed({
    provider: 'jira',
    kind: 'key',
    value: apiToken,
    account: site!.name,
    client: '',
    scopes: ['read:jira-work', 'write:jira-work', 'read:jira-user'],
    grant: 'seeded',
    expireTimeMs: null,
  });

  /** Of a token of the app, or of a person's e-mail and API token. */
  const owner = (request: Request) => {
    const basic = /^Basic (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
    if (basic === undefined) return context.book.live('jira', ['access'], bearer(request));
    const [email, ...value] = Buffer.from(basic, 'base64').toString().split(':');
    return email === jiraPerson.emailAddress ? context.book.live('jira', ['key'], value.join(':')) : undefined;
  };

  const resources = (request: Request): Response => {
    const token = owner(request);
    if (token === undefined) return unauthorized();
    const sites = jiraSites.filter(({ name }) => token.account.split('+').includes(name));
    const scopes = token.scopes.filter(scope => scope !== 'offline_access');
    const avatarUrl = 'https://site-admin-avatars-cdn.prod.public.atl-paas.net/avatars/240/site.png';
    return Response.json(sites.map(({ cloudId: id, name, url }) => ({ id, url, name, scopes, avatarUrl })));
  };

  const onSite: OnSite = (request, cloudId, scope, work) => {
    const token = owner(request);
    if (token === undefined) return unauthorized();
    const found = jiraSites.find(each => each.cloudId === cloudId && token.account.split('+').includes(each.name));
    if (found === undefined) return Response.json({ code: 404, message: 'Not Found' }, { status: 404 });
    if (!token.scopes.includes(scope)) return unauthorized('Unauthorized; scope does not match');
    return work(found, new URL(request.url).searchParams);
  };

  return emulation('jira', [], app => {
    const api = '/ex/jira/:cloudId/rest/api/3';
    app.get('/authorize', c => authorize(rules, context, new URL(c.req.url).searchParams));
    app.post('/oauth/token', c => exchange(rules, context, c.req.raw));
    app.get('/oauth/token/accessible-resources', c => resources(c.req.raw));
    app.get(`${api}/myself`, c =>
      onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-user', () => Response.json(jiraPerson)),
    );
    app.get(`${api}/project/search`, c => onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-work', searchProjects));
    app.get(`${api}/project/:project`, c =>
      onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-work', site => {
        const wanted = c.req.param('project');
        const found = site.projects.find(({ id, key }) => id === wanted || key === wanted);
        return found ? Response.json({ ...project(site, found), issueTypes }) : noProject(wanted);
      }),
    );
    app.get(`${api}/serverInfo`, c =>
      onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-work', ({ url: baseUrl }) =>
        Response.json({ baseUrl, deploymentType: 'Cloud' }),
      ),
    );
    serveJiraLists(app, context, onSite);
    serveJiraHooks(app, context, onSite);
    app.notFound(c =>
      owner(c.req.raw) ? Response.json({ code: 404, message: 'Not Found' }, { status: 404 }) : unauthorized(),
    );
  });
}

/** Offset paging with `query` over key and name, and `id`/`keys` filters, as project/search has them. */
function searchProjects(site: JiraSite, query: URLSearchParams): Response {
  const wanted = (query.get('query') ?? '').toLowerCase();
  const ids = query.getAll('id');
  const keys = query.getAll('keys');
  const matching = site.projects.filter(
    ({ id, key, name }) =>
      (ids.length === 0 || ids.includes(id)) &&
      (keys.length === 0 || keys.includes(key)) &&
      (key.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted)),
  );
  const startAt = Math.max(0, Number(query.get('startAt') ?? 0) || 0);
  const maxResults = Math.min(100, Math.max(1, Number(query.get('maxResults') ?? 50) || 50));
  const values = matching.slice(startAt, startAt + maxResults).map(each => project(site, each));
  const isLast = startAt + maxResults >= matching.length;
  return Response.json({ self: site.url, maxResults, startAt, total: matching.length, isLast, values });
}

function project(site: JiraSite, { id, key, name }: JiraSite['projects'][number]): Record<string, unknown> {
  const self = `${site.url}/rest/api/3/project/${id}`;
  return { self, id, key, name, projectTypeKey: 'software', simplified: true, style: 'next-gen', isPrivate: false };
}

function noProject(wanted: string): Response {
  const errorMessages = [`No project could be found with key '${wanted}'.`];
  return Response.json({ errorMessages, errors: {} }, { status: 404 });
}

function unauthorized(message = 'Unauthorized'): Response {
  return Response.json({ code: 401, message }, { status: 401 });
}
