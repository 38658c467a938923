import { ProviderError } from '../kit/error.ts';
import { type Json, optionalString, readArray, readObject } from '../kit/read.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery } from '../provider.ts';
import { isProject, siteApi } from './api.ts';

export const ISSUE_FIELDS: readonly string[] = ['summary', 'project', 'status'];

type Item = (node: Json) => ReferenceItem;

/** Issues whose key or summary was typed, last changed first. */
export async function searchIssues(call: ProviderCall, query: ReferenceQuery, item: Item): Promise<ReferencePage> {
  const exact = query.cursor === undefined ? await issueByKey(call, query, item) : undefined;
  if (exact !== undefined) return { items: [exact] };
  const answer = await call.fetch(`${siteApi(call)}/search/jql`, {
    method: 'POST',
    json: {
      jql: jqlOf(query),
      fields: ISSUE_FIELDS,
      maxResults: Math.min(Math.max(query.pageSize, 1), 100),
      ...(query.cursor !== undefined && { nextPageToken: query.cursor }),
    },
  });
  const body = readObject(answer.body, 'answer');
  const items = readArray(body.issues, 'issues').map((node, i) => item(readObject(node, `issues[${i}]`)));
  const nextCursor = optionalString(body.nextPageToken);
  return nextCursor === undefined ? { items } : { items, nextCursor };
}

async function issueByKey(call: ProviderCall, query: ReferenceQuery, item: Item): Promise<ReferenceItem | undefined> {
  const key = query.q.trim().toUpperCase();
  if (!/^[A-Z][A-Z0-9_]{0,31}-[1-9]\d{0,9}$/.test(key)) return undefined;
  try {
    const answer = await call.fetch(`${siteApi(call)}/issue/${key}`, { query: { fields: ISSUE_FIELDS.join(',') } });
    const found = item(readObject(answer.body, 'issue'));
    const { project } = query.dependsOn;
    return project === undefined || found.parent === project || key.startsWith(`${project}-`) ? found : undefined;
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'not_found') return undefined;
    throw error;
  }
}

/** Only letters and digits of what was typed reach the query; Jira wants some bound, so a year where nothing was typed. */
function jqlOf({ q, dependsOn: { project } }: ReferenceQuery): string {
  if (project !== undefined && !isProject(project)) {
    throw new ProviderError({ kind: 'rejected' }, new Error('project is no id or key'));
  }
  const words = q.slice(0, 200).match(/[\p{L}\p{N}]+/gu) ?? [];
  const bounds = [
    ...(project === undefined ? [] : [`project = "${project}"`]),
    ...(words.length === 0 ? [] : [`summary ~ "${words.map(word => `${word}*`).join(' ')}"`]),
  ];
  return `${bounds.length === 0 ? 'updated >= -365d' : bounds.join(' AND ')} ORDER BY updated DESC`;
}
