import { at, momentOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { BackfillPage, Gap } from '../subscription.ts';
import { siteApi } from './api.ts';
import { eventOf } from './events.ts';

const PAGE = 50;
const FIELDS = [
  ...['summary', 'description', 'status', 'issuetype', 'priority', 'project', 'assignee', 'reporter', 'labels'],
  ...['created', 'updated', 'comment'],
];

type Recovered = BackfillPage['events'][number];

/**
 * Issues that were made or changed in the time, each change of its own, and comments; what was deleted leaves no trace. Times
 * in Jira's query language are minutes in the person's zone: asked for in minutes ago, with one to spare.
 */
export async function backfill(call: ProviderCall, gap: Gap): Promise<BackfillPage> {
  const minutes = Math.ceil((call.now().getTime() - gap.since.getTime()) / 60_000) + 1;
  const answer = await call.fetch(`${siteApi(call)}/search/jql`, {
    method: 'POST',
    json: {
      jql: `updated >= "-${minutes}m" ORDER BY updated ASC`,
      fields: FIELDS,
      expand: 'changelog',
      maxResults: PAGE,
      ...(gap.cursor !== undefined && { nextPageToken: gap.cursor }),
    },
  });
  const body = readObject(answer.body, 'answer');
  const issues = readArray(body.issues, 'issues').map((node, i) => readObject(node, `issues[${i}]`));
  const nextCursor = optionalString(body.nextPageToken);
  return { events: issues.flatMap(node => ofIssue(node, gap)), ...(nextCursor !== undefined && { nextCursor }) };
}

function ofIssue({ changelog, ...issue }: Json, gap: Gap): Recovered[] {
  const fields = isObject(issue.fields) ? issue.fields : {};
  const { comment, ...shown } = fields;
  const about = { ...issue, fields: shown };
  const histories = listAt(changelog, 'histories').filter(history => isIn(gap, history.created));
  const comments = listAt(comment, 'comments');
  return [
    ...(isIn(gap, fields.created)
      ? [recovered('jira:issue_created', fields.created, { issue: about, user: fields.reporter })]
      : []),
    ...histories.map(({ id, items, author, created }) =>
      recovered('jira:issue_updated', created, { issue: about, user: author, changelog: { id, items } }),
    ),
    ...comments
      .filter(each => isIn(gap, each.created))
      .map(each =>
        recovered('comment_created', each.created, { comment: { ...each, updated: each.created }, issue: about }),
      ),
    ...comments
      .filter(each => each.updated !== each.created && isIn(gap, each.updated))
      .map(each => recovered('comment_updated', each.updated, { comment: each, issue: about })),
  ].toSorted((a, b) => (a.occurTime?.getTime() ?? 0) - (b.occurTime?.getTime() ?? 0));
}

function recovered(webhookEvent: string, time: unknown, body: Json): Recovered {
  const timestamp = momentOf(time)?.getTime();
  const event = eventOf({ timestamp, webhookEvent, ...body }, { deliveryKey: '', accountId: '' });
  const semanticKey = event.semanticKey ?? `${event.eventType}:${String(at(body, 'issue', 'id'))}:${String(time)}`;
  return { ...event, semanticKey, deliveryKey: semanticKey };
}

function listAt(value: unknown, name: string): readonly Json[] {
  const list = at(value, name);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isIn({ since, until }: Gap, value: unknown): boolean {
  const time = momentOf(value);
  return time !== undefined && time >= since && time <= until;
}
