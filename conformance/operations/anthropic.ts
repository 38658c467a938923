import type Anthropic from '@anthropic-ai/sdk';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<Anthropic, 3>;

export const operations = {
  'message.create': 'messages.create',
  'message.count_tokens': 'messages.countTokens',
  'batch.create': 'messages.batches.create',
  'batch.get': 'messages.batches.retrieve',
  'batch.list': 'messages.batches.list',
  'batch.get_results': 'messages.batches.results',
  'batch.cancel': 'messages.batches.cancel',
  'batch.delete': 'messages.batches.delete',
  'model.list': 'models.list',
  'model.get': 'models.retrieve',
  'file.list': 'files.list',
  'file.get': 'files.retrieveMetadata',
  'file.delete': 'files.delete',
  'skill.list': 'skills.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'messages.shout' satisfies Operation;
