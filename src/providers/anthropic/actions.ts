import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const model = picked('anthropic.model', text('Model', 128, { pattern: '^[A-Za-z0-9._:@-]+$' }));
const batch = picked('anthropic.batch', text('Batch id', 128, { pattern: '^[A-Za-z0-9_]+$' }));
const file = picked('anthropic.file', text('File id', 128, { pattern: '^[A-Za-z0-9_]+$' }));
const cursor = text('`next_page` of the page before', 1_024);
const afterId = text('Id of the last one of the page before', 128);
const limit = integer('At most', 1, 100);

const messages = listOf(
  'Conversation so far, the oldest first',
  {
    type: 'object',
    additionalProperties: false,
    required: ['role', 'content'],
    properties: { role: choice('Who says it', ['user', 'assistant']), content: text('Text', 1_000_000) },
  },
  1_000,
);
const number = (what: string, minimum: number, maximum: number): JsonSchema => ({
  type: 'number',
  description: what,
  minimum,
  maximum,
});
const tuning = {
  system: text('Instructions for the whole conversation', 1_000_000),
  temperature: number('How free the answer may be', 0, 1),
  top_p: number('Share of likely words to choose from', 0, 1),
  stop_sequences: listOf('Texts that end the answer', text('Text', 256), 64),
  metadata: {
    type: 'object',
    description: 'user_id: who it is for, nothing that names a person',
    additionalProperties: false,
    properties: { user_id: text('Id', 256) },
  } as const,
};
const max_tokens = integer('Tokens at most in the answer', 1, 1_000_000);
const aMessage = output(['id', 'content', 'model'], {
  id: field('string', 'Id'),
  content: field('array', 'Blocks: type, text'),
  model: field('string', 'Model that answered'),
  stop_reason: field(['string', 'null'], 'Why it ended'),
  usage: field('object', 'input_tokens, output_tokens'),
});
const aBatch = output(['id', 'processing_status'], {
  id: field('string', 'Id'),
  processing_status: field('string', 'in_progress, canceling or ended'),
  request_counts: field('object', 'processing, succeeded, errored, canceled, expired'),
  results_url: field(['string', 'null'], 'Where its results are'),
});
const list = (what: string): JsonSchema =>
  output(['data'], {
    data: field('array', what),
    has_more: field('boolean', 'Whether there are more'),
    last_id: field(['string', 'null'], 'Begins the next page'),
    next_page: field(['string', 'null'], 'Begins the next page'),
  });

export const actions: readonly Action[] = [
  action('anthropic.message.create', 'Ask a model', 'Has a model answer a conversation.', {
    effect: ADDS,
    risk: 'LOW',
    needs: { model, messages, max_tokens },
    takes: tuning,
    gives: aMessage,
  }),
  action('anthropic.message.count_tokens', 'Count tokens', 'Tells how many tokens a conversation has.', {
    effect: READS,
    needs: { model, messages },
    takes: { system: tuning.system },
    gives: output(['input_tokens'], { input_tokens: field('integer', 'Tokens') }),
  }),
  action(
    'anthropic.batch.create',
    'Create a batch',
    'Has many conversations answered within a day, at a lower price.',
    {
      effect: ADDS,
      needs: {
        requests: listOf(
          'Conversations',
          {
            type: 'object',
            additionalProperties: false,
            required: ['custom_id', 'params'],
            properties: {
              custom_id: text('Id of your own', 64, { pattern: '^[A-Za-z0-9_-]+$' }),
              params: {
                type: 'object',
                additionalProperties: false,
                required: ['model', 'messages', 'max_tokens'],
                properties: { model: model.schema, messages, max_tokens, ...tuning },
              },
            },
          },
          10_000,
        ),
      },
      gives: aBatch,
    },
  ),
  action('anthropic.batch.get', 'Get a batch', 'Reads how far a batch is.', {
    effect: READS,
    needs: { batch },
    gives: aBatch,
  }),
  action('anthropic.batch.list', 'List batches', 'Reads batches, the latest first.', {
    effect: READS,
    takes: { limit, after_id: afterId },
    gives: list('Batches'),
  }),
  action(
    'anthropic.batch.get_results',
    'Get results of a batch',
    'Reads what a batch that ended has made, a line each.',
    {
      effect: READS,
      needs: { batch },
      gives: output(['results'], { results: field('array', 'custom_id, result') }),
    },
  ),
  action('anthropic.batch.cancel', 'Cancel a batch', 'Ends a batch; what was answered stays.', {
    effect: SETS,
    needs: { batch },
    gives: aBatch,
  }),
  action('anthropic.batch.delete', 'Delete a batch', 'Deletes a batch that ended, with its results.', {
    effect: REMOVES,
    needs: { batch },
    gives: output(['id'], { id: field('string', 'Id') }),
  }),
  action('anthropic.model.list', 'List models', 'Reads the models that the key may use.', {
    effect: READS,
    takes: { limit, after_id: afterId },
    gives: list('Models: id, display_name, created_at, lifecycle'),
  }),
  action('anthropic.model.get', 'Get a model', 'Reads a model, also by an alias of it.', {
    effect: READS,
    needs: { model },
    gives: output(['id'], { id: field('string', 'Id'), display_name: field('string', 'Name') }),
  }),
  action('anthropic.file.list', 'List files', 'Reads the files of the workspace.', {
    effect: READS,
    takes: { limit, page: cursor },
    gives: list('Files: id, filename, mime_type, size_bytes'),
  }),
  action('anthropic.file.get', 'Get a file', 'Reads what is known of a file.', {
    effect: READS,
    needs: { file },
    gives: output(['id'], { id: field('string', 'Id'), filename: field('string', 'Name') }),
  }),
  action('anthropic.file.delete', 'Delete a file', 'Deletes a file for good.', {
    effect: REMOVES,
    needs: { file },
    gives: done,
  }),
  action('anthropic.skill.list', 'List skills', 'Reads the skills that models can be given.', {
    effect: READS,
    takes: { limit, page: cursor, source: choice('Whose', ['custom', 'anthropic']) },
    gives: list('Skills: id, display_title, source'),
  }),
];
