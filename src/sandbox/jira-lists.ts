import type { SandboxContext } from './context.ts';
import { objectsOf } from './happenings.ts';
import { type App, pageOf, parseObject } from './http.ts';
import type { OnSite } from './jira-hooks.ts';
import { type JiraSite, made, uuidOf } from './world.ts';

type Issue = { readonly id: string; readonly key: string; readonly fields: Readonly<Record<string, unknown>> };

const dayMs = 86_400_000;
/** So long ago seeded issues changed: Jira's search wants a bound, and a gap in deliveries is shorter. */
const seededDays = 90;
const statuses = ['To Do', 'In Progress', 'Done'].map((name, i) => ({ id: String(10_000 + i), name }));

export const issueTypes = made(22, n => ({
  id: String(10_000 + n),
  name: ['Epic', 'Story', 'Task', 'Bug'][n - 1] ?? `Type ${n}`,
  description: '',
  subtask: n % 5 === 0,
}));
const transitions = made(21, n => ({
  id: String(n),
  name: statuses[n - 1]?.name ?? `Step ${n}`,
  to: statuses[(n - 1) % statuses.length],
}));

/** Apps stand among the people in Jira's lists. */
const users = made(120, n => ({
  accountId: `557058:${uuidOf(`jira/person-${n}`)}`,
  accountType: n % 10 === 0 ? 'app' : 'atlassian',
  displayName: `Person ${n}`,
  active: n % 7 !== 0,
}));

function seededIssues({ projects, url }: JiraSite, now: Date): readonly Issue[] {
  const updated = new Date((Math.floor(now.getTime() / dayMs) - seededDays) * dayMs)
    .toISOString()
    .replace('Z', '+0000');
  return made(130, n => {
    const project = projects[n % projects.length]!;
    return {
      id: String(10_100 + n),
      key: `${project.key}-${n}`,
      self: `${url}/rest/api/3/issue/${10_100 + n}`,
      fields: {
        summary: n % 2 === 0 ? `Mend part ${n}` : `Part ${n} is broken`,
        project,
        issuetype: issueTypes[3],
        status: statuses[n % statuses.length],
        updated,
      },
    };
  });
}

/** What each picker shows of a site; issue types and transitions are those of any project and issue. */
export function jiraLists(site: JiraSite): Readonly<Record<string, readonly string[]>> {
  return {
    'jira.issue': seededIssues(site, new Date(0)).map(({ id }) => id),
    'jira.user': users.filter(({ accountType }) => accountType === 'atlassian').map(({ accountId }) => accountId),
    'jira.issue_type': issueTypes.map(({ id }) => id),
    'jira.transition': transitions.map(({ id }) => id),
  };
}

/** Issues, those of happenings among them, with their transitions, and people. */
export function serveJiraLists(app: App, context: SandboxContext, onSite: OnSite): void {
  const api = '/ex/jira/:cloudId/rest/api/3';
  const work = 'read:jira-work';

  const issuesOf = (site: JiraSite): readonly Issue[] => [
    ...seededIssues(site, context.now()),
    ...(objectsOf(context, each => each.provider === 'jira' && each.account === site.name) as unknown as Issue[]),
  ];
  const isNamed =
    (wanted: unknown) =>
    ({ id, key }: Issue): boolean =>
      id === wanted || key === wanted;

  app.post(`${api}/search/jql`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), work, async site => {
      const body = parseObject(await c.req.text()) ?? {};
      const filter = filterOf(String(body.jql), context.now());
      if (filter === undefined) return invalid('Unbounded JQL queries are not allowed here.');
      const found = issuesOf(site).filter(filter);
      if (/ORDER BY updated DESC$/.test(String(body.jql))) found.reverse();
      const start = Number(body.nextPageToken ?? 0) || 0;
      const { items, next } = pageOf(found, start, Math.min(100, Number(body.maxResults ?? 50)));
      const issues = body.expand === 'changelog' ? items : items.map(withoutChangelog);
      return Response.json({ issues, isLast: next === null, ...(next !== null && { nextPageToken: String(next) }) });
    }),
  );
  app.post(`${api}/issue/bulkfetch`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), work, async site => {
      const { issueIdsOrKeys } = parseObject(await c.req.text()) ?? {};
      const wanted = Array.isArray(issueIdsOrKeys) ? issueIdsOrKeys : [];
      if (wanted.length === 0 || wanted.length > 100) return invalid('Between 1 and 100 issues can be fetched.');
      const issues = issuesOf(site).filter(issue => wanted.some(each => isNamed(each)(issue)));
      return Response.json({ issues: issues.map(withoutChangelog), issueErrors: [] });
    }),
  );
  app.get(`${api}/issue/:issue`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), work, site => {
      const found = issuesOf(site).find(isNamed(c.req.param('issue')));
      return found ? Response.json(withoutChangelog(found)) : noIssue();
    }),
  );
  app.get(`${api}/issue/:issue/transitions`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), work, site =>
      issuesOf(site).some(isNamed(c.req.param('issue'))) ? Response.json({ transitions }) : noIssue(),
    ),
  );
  for (const path of ['users/search', 'user/search']) {
    app.get(`${api}/${path}`, c =>
      onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-user', (_, query) => {
        const wanted = query.get('query');
        if (path === 'user/search' && wanted === null) return invalid('The query parameter is missing.');
        const found = users.filter(({ displayName }) =>
          displayName.toLowerCase().includes((wanted ?? '').toLowerCase()),
        );
        const { items } = pageOf(found, Number(query.get('startAt') ?? 0), Number(query.get('maxResults') ?? 50));
        return Response.json(items);
      }),
    );
  }
  app.get(`${api}/user/bulk`, c =>
    onSite(c.req.raw, c.req.param('cloudId'), 'read:jira-user', (_, query) => {
      const values = users.filter(({ accountId }) => query.getAll('accountId').includes(accountId));
      return Response.json({ maxResults: 200, startAt: 0, total: values.length, isLast: true, values });
    }),
  );
}

/** The clauses that the search here knows. Undefined: none bounds it, which Jira refuses. */
function filterOf(jql: string, now: Date): ((issue: Issue) => boolean) | undefined {
  const project = /project = "(\w+)"/.exec(jql)?.[1];
  const words = /summary ~ "([^"]*)"/.exec(jql)?.[1]?.toLowerCase().replaceAll('*', '').split(' ');
  const [, count, unit] = /updated >= "?-(\d+)([md])"?/.exec(jql) ?? [];
  if (project === undefined && words === undefined && count === undefined) return undefined;
  const since = now.getTime() - Number(count ?? Number.POSITIVE_INFINITY) * (unit === 'd' ? dayMs : 60_000);
  return ({ fields }) => {
    const { id, key } = fields.project as { id: string; key: string };
    const summary = String(fields.summary).toLowerCase();
    return (
      (project === undefined || [id, key].includes(project)) &&
      (words?.every(word => summary.includes(word)) ?? true) &&
      Date.parse(String(fields.updated).replace('+0000', 'Z')) >= since
    );
  };
}

function withoutChangelog({ changelog: _, ...issue }: Issue & { readonly changelog?: unknown }): object {
  return issue;
}

function invalid(message: string): Response {
  return Response.json({ errorMessages: [message], errors: {} }, { status: 400 });
}

function noIssue(): Response {
  const errorMessages = ['Issue does not exist or you do not have permission to see it.'];
  return Response.json({ errorMessages, errors: {} }, { status: 404 });
}
