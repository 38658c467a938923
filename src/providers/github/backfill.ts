import { ProviderError } from '../kit/error.ts';
import { momentOf } from '../kit/meta.ts';
import { isObject, type Json, optionalString, readArray, readObject } from '../kit/read.ts';
import type { ProviderCall } from '../provider.ts';
import type { BackfillPage, Gap } from '../subscription.ts';
import { repositoryUrl, VERSION_HEADERS } from './api.ts';
import { eventOf } from './events.ts';

/** Each pull request or commented issue is one call more. */
const PAGE = 30;

type Recovered = BackfillPage['events'][number];

/**
 * What lists still tell of the time: issues and pull requests that were opened or closed, and comments on them. Pushes,
 * labels and the like leave nothing that tells them apart from what a webhook told, and are not recovered.
 */
export async function backfill(call: ProviderCall, gap: Gap): Promise<BackfillPage> {
  const [, list = 'issues', number = '1'] = /^(issues|comments):(\d{1,6})$/.exec(gap.cursor ?? 'issues:1') ?? [];
  const repository = await read(call, gap);
  const items = await page(call, gap, list, number);
  const events =
    list === 'issues' ? await ofIssues(call, gap, repository, items) : await ofComments(call, gap, repository, items);
  const next = items.length < PAGE ? undefined : `${list}:${Number(number) + 1}`;
  const nextCursor = next ?? (list === 'issues' ? 'comments:1' : undefined);
  return { events, ...(nextCursor !== undefined && { nextCursor }) };
}

async function page(call: ProviderCall, gap: Gap, list: string, number: string): Promise<readonly Json[]> {
  const path = list === 'issues' ? ['issues'] : ['issues', 'comments'];
  const query = {
    since: gap.since.toISOString(),
    sort: 'updated',
    direction: 'asc',
    per_page: PAGE,
    page: number,
    ...(list === 'issues' && { state: 'all' }),
  };
  const answer = await call.fetch(urlOf(call, gap, ...path), { query, headers: VERSION_HEADERS });
  return readArray(answer.body, list).map((node, i) => readObject(node, `${list}[${i}]`));
}

async function ofIssues(call: ProviderCall, gap: Gap, repository: Json, items: readonly Json[]): Promise<Recovered[]> {
  const events: Recovered[] = [];
  for (const item of items) {
    const happened = [
      { action: 'opened', at: item.created_at, by: item.user },
      { action: 'closed', at: item.closed_at, by: item.closed_by ?? item.user },
    ].filter(({ at }) => isIn(gap, at));
    if (happened.length === 0) continue;
    const isPull = isObject(item.pull_request);
    const pull = isPull ? await readIfThere(call, gap, 'pulls', String(item.number)) : undefined;
    if (isPull && pull === undefined) continue;
    for (const { action, at, by } of happened) {
      const about = pull === undefined ? { issue: item } : { number: item.number, pull_request: pull };
      const body = { action, ...about, repository, sender: by };
      events.push(recovered(pull === undefined ? 'issues' : 'pull_request', body, String(at)));
    }
  }
  return events;
}

async function ofComments(
  call: ProviderCall,
  gap: Gap,
  repository: Json,
  items: readonly Json[],
): Promise<Recovered[]> {
  const issues = new Map<string, Json | undefined>();
  const events: Recovered[] = [];
  for (const comment of items.filter(({ created_at }) => isIn(gap, created_at))) {
    const number = /\/issues\/(\d{1,12})$/.exec(optionalString(comment.issue_url) ?? '')?.[1];
    if (number === undefined) continue;
    if (!issues.has(number)) issues.set(number, await readIfThere(call, gap, 'issues', number));
    const issue = issues.get(number);
    if (issue === undefined) continue;
    const body = { action: 'created', issue, comment, repository, sender: comment.user };
    events.push(recovered('issue_comment', body, String(comment.created_at)));
  }
  return events;
}

function recovered(event: string, body: Json, version: string): Recovered {
  const parsed = eventOf(event, body, { deliveryKey: '', accountId: '', version });
  const { semanticKey } = parsed;
  if (semanticKey === undefined) throw new ProviderError({ kind: 'invalid_answer' }, new Error('an item has no id'));
  return { ...parsed, semanticKey, deliveryKey: semanticKey };
}

function isIn({ since, until }: Gap, value: unknown): boolean {
  const time = momentOf(value);
  return time !== undefined && time >= since && time <= until;
}

async function read(call: ProviderCall, gap: Gap, ...path: string[]): Promise<Json> {
  return readObject((await call.fetch(urlOf(call, gap, ...path), { headers: VERSION_HEADERS })).body, 'answer');
}

/** Undefined where it was deleted since. */
async function readIfThere(call: ProviderCall, gap: Gap, ...path: string[]): Promise<Json | undefined> {
  try {
    return await read(call, gap, ...path);
  } catch (error) {
    if (error instanceof ProviderError && error.failure.kind === 'not_found') return undefined;
    throw error;
  }
}

const urlOf = (call: ProviderCall, { target }: Gap, ...path: string[]): string =>
  repositoryUrl(call.endpoints.api, target.label, ...path);
