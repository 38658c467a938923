import type { Connection } from '@jsforce/jsforce-node';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of a connection in jsforce; objects of the org are its arguments. */
export type Operation = Methods<Connection>;

export const operations = {
  'record.create': 'create',
  'record.get': 'retrieve',
  'record.update': 'update',
  'record.upsert': 'upsert',
  'record.delete': 'destroy',
  'record.create_many': 'create',
  'record.query': 'query',
  'record.search': 'search',
  'object.list': 'describeGlobal',
  'object.describe': 'describe',
  'account.create': 'create',
  'contact.create': 'create',
  'contact.update': 'update',
  'lead.create': 'create',
  'lead.update': 'update',
  'opportunity.create': 'create',
  'opportunity.update': 'update',
  'case.create': 'create',
  'case.comment': 'create',
  'task.create': 'create',
  'campaign.add_member': 'create',
  'chatter.post': { unlisted: 'jsforce calls it by its path only' },
  'email.send': { unlisted: 'jsforce calls invocable actions by their path only' },
  'flow.run': { unlisted: 'jsforce calls invocable actions by their path only' },
  'approval.submit': { unlisted: 'jsforce calls it by its path only' },
  'report.run': { unlisted: 'the package has no reports any more' },
  'user.get': 'retrieve',
  'limits.get': 'limits',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'shout' satisfies Operation;
