import { randomUUID } from 'node:crypto';
import type { EmulatedHook } from '../providers/emulator.ts';
import type { SandboxContext } from './context.ts';
import { type Happening, objectsOf } from './happenings.ts';
import { answerLinearLists } from './linear-lists.ts';
import type { LinearOrganization } from './world.ts';

interface Asked {
  query: string;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * What the package lacks or keeps to itself: webhooks that deliver, and lists by time of change, which hold what happened here.
 * Undefined: it is the package's to answer.
 */
export function answerLinear(
  context: SandboxContext,
  organization: LinearOrganization,
  { query, variables }: Asked,
): Response | undefined {
  const hooks = context.hooks('linear');
  const own = hooks.all().filter(({ account }) => account === organization.name);
  const asks = (field: string): boolean => new RegExp(`[{\\s]${field}\\b`).test(query);
  if (asks('webhookCreate')) {
    const input = variables.input as Record<string, unknown>;
    const hook: EmulatedHook = {
      id: randomUUID(),
      url: String(input.url),
      secret: typeof input.secret === 'string' ? input.secret : `lin_wh_${randomUUID()}`,
      account: organization.name,
      facts: { resourceTypes: input.resourceTypes ?? [], enabled: input.enabled !== false },
    };
    hooks.add(hook);
    return data({ webhookCreate: { success: true, webhook: shown(hook) } });
  }
  if (asks('webhookDelete')) {
    const hook = own.find(({ id }) => id === variables.id);
    return hook && hooks.remove(hook.id) ? data({ webhookDelete: { success: true } }) : absent('Webhook');
  }
  if (asks('webhooks')) return data({ webhooks: { nodes: own.map(shown) } });
  if (asks('webhook')) {
    const hook = own.find(({ id }) => id === variables.id);
    return hook ? data({ webhook: shown(hook) }) : absent('Webhook');
  }
  const listed = answerLinearLists(organization, query, variables);
  if (listed !== undefined) return data(listed);
  const { updatedAt } = (variables.filter ?? {}) as { updatedAt?: { gte?: string; lte?: string } };
  const root = ['issues', 'comments', 'projects'].find(asks);
  if (updatedAt === undefined || root === undefined) return undefined;
  const type = { issues: 'Issue', comments: 'Comment', projects: 'Project' }[root];
  const found = objectsOf(context, each => each.account === organization.name && each.event.startsWith(`${type}.`));
  const matching = found.filter(
    each => String(each.updatedAt) >= (updatedAt.gte ?? '') && String(each.updatedAt) <= (updatedAt.lte ?? '~'),
  );
  const start = Number(variables.after ?? 0);
  const end = start + Math.min(250, Number(variables.first ?? 50));
  const pageInfo = { hasNextPage: end < matching.length, endCursor: String(end) };
  const nodes = matching.slice(start, end).map(asNode);
  return data({ organization: { id: organization.id }, [root]: { nodes, pageInfo } });
}

/** The API has objects where webhooks have ids. */
function asNode(object: Happening['object']): object {
  const { labelIds, ...rest } = object;
  return {
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]): [string, unknown] => {
        const link = /^(\w+)Id$/.exec(name)?.[1];
        return link === undefined ? [name, value] : [link, value === null ? null : { id: value }];
      }),
    ),
    ...(Array.isArray(labelIds) && { labels: { nodes: labelIds.map(id => ({ id })) } }),
  };
}

const shown = ({ id, url, facts }: EmulatedHook): object => ({ id, url, ...facts });

const data = (found: object): Response => Response.json({ data: found });

function absent(what: string): Response {
  const message = `Entity not found: ${what}`;
  const extensions = { type: 'invalid input', code: 'INPUT_ERROR', statusCode: 400, userError: true };
  return Response.json({ errors: [{ message, extensions }], data: null });
}
