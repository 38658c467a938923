import { type Happener, objectsOf } from './happenings.ts';
import { jiraSites } from './world.ts';

/** `jira:issue_created`, `jira:issue_updated` and `comment_created`. */
export const happenJira: Happener = {
  happen(wish, context) {
    const site = jiraSites.find(({ name }) => name === wish.account) ?? jiraSites[0]!;
    const time = context.now();
    const at = time.toISOString().replace('Z', '+0000');
    const number = 20_001 + context.happenings.length;
    const known = objectsOf(context, each => each.provider === 'jira' && each.account === site.name);
    const isNew = wish.event === 'jira:issue_created';
    const before = known.find(({ id }) => id === wish.object) ?? (isNew ? undefined : known.at(-1));
    const project = site.projects[0]!;
    const fresh = {
      id: String(number),
      key: `${project.key}-${number}`,
      self: `${site.url}/rest/api/3/issue/${number}`,
      fields: {
        summary: `Issue ${number}`,
        project,
        issuetype: { id: '10004', name: 'Bug' },
        created: at,
        comment: { comments: [] },
      },
      changelog: { histories: [] },
    };
    const issue = (before ?? fresh) as unknown as typeof fresh;
    const change = {
      id: String(number),
      created: at,
      items: [{ field: 'status', fromString: 'To Do', toString: 'Done' }],
    };
    const comment = {
      id: String(number),
      self: `${issue.self}/comment/${number}`,
      body: 'A comment',
      created: at,
      updated: at,
    };
    const comments: readonly object[] = issue.fields.comment.comments;
    const histories: readonly object[] = issue.changelog.histories;
    const object = {
      ...issue,
      fields: {
        ...issue.fields,
        updated: at,
        comment: { comments: wish.event === 'comment_created' ? [...comments, comment] : comments },
      },
      changelog: { histories: wish.event === 'jira:issue_updated' ? [...histories, change] : histories },
    };
    const { comment: _, ...fields } = object.fields;
    const shown = { id: object.id, key: object.key, self: object.self, fields };
    const body = {
      timestamp: time.getTime(),
      webhookEvent: wish.event,
      issue: shown,
      ...(wish.event === 'jira:issue_updated' && { changelog: { id: change.id, items: change.items } }),
      ...(wish.event === 'comment_created' && { comment }),
    };
    return { provider: 'jira', account: site.name, target: project.id, event: wish.event, time, object, body };
  },
  reaches: (hook, { account, event, target }) =>
    hook.account === account &&
    (hook.facts.events as readonly string[]).includes(event) &&
    new RegExp(`\\b${target}\\b`).test(String(hook.facts.jqlFilter)),
};
