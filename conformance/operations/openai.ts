import type OpenAI from 'openai';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<OpenAI>;

export const operations = {
  'response.create': 'responses.create',
  'embedding.create': 'embeddings.create',
  'image.generate': 'images.generate',
  'moderation.create': 'moderations.create',
  'model.list': 'models.list',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'responses.shout' satisfies Operation;
