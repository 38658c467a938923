import { ADDS, READS, SETS } from '../kit/effects.ts';
import { choice, field, flag, input, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action } from '../provider.ts';

const model = text('Model id', 256);
const modelReference = [{ field: 'model', type: 'openai.model' }] as const;
const usage = field('object', 'Tokens used');

export const actions: readonly Action[] = [
  {
    name: 'openai.response.create',
    title: 'Create a response',
    description:
      'Lets a model answer a text. In the background the answer comes as the event openai.response.completed.',
    runtimeState: 'ACTIVE',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: [],
    inputSchema: input(['model', 'input'], {
      model,
      input: text('What to answer', 1_000_000),
      instructions: text('How to answer: the system’s part', 100_000),
      previous_response_id: text('Response this one goes on from', 128),
      max_output_tokens: integer('Tokens of the answer at most', 16, 1_000_000),
      temperature: { type: 'number', description: '0 is steady, 2 is wild', minimum: 0, maximum: 2 },
      background: flag('Answer at once and work on'),
      store: flag('Keep the response at the vendor'),
    }),
    outputSchema: output(['id', 'status'], {
      id: field('string', 'Response id'),
      status: field('string', 'completed, in_progress, queued, incomplete, failed or cancelled'),
      model: field('string', 'Model that answered'),
      output: field('array', 'Messages and tool calls', { items: { type: 'object' } }),
      usage,
    }),
    references: modelReference,
  },
  {
    name: 'openai.embedding.create',
    title: 'Create embeddings',
    description: 'Turns texts into vectors.',
    runtimeState: 'ACTIVE',
    risk: 'LOW',
    annotations: SETS,
    scopes: [],
    inputSchema: input(['model', 'input'], {
      model,
      input: listOf('Texts', text('Text', 100_000), 2_048),
      dimensions: integer('Length of the vectors', 1, 4_096),
    }),
    outputSchema: output(['data'], {
      data: field('array', 'One vector a text', {
        items: output(['index', 'embedding'], {
          index: field('integer', 'Which text'),
          embedding: field('array', 'Vector', { items: { type: 'number' } }),
        }),
      }),
      usage,
    }),
    references: modelReference,
  },
  {
    name: 'openai.image.generate',
    title: 'Generate images',
    description: 'Makes images from a description.',
    runtimeState: 'ACTIVE',
    risk: 'MEDIUM',
    annotations: ADDS,
    scopes: [],
    inputSchema: input(['prompt'], {
      model,
      prompt: text('What to show', 32_000),
      n: integer('How many', 1, 10),
      size: choice('Width by height in pixels', ['auto', '1024x1024', '1536x1024', '1024x1536']),
      quality: choice('Quality', ['auto', 'low', 'medium', 'high']),
      background: choice('Background', ['auto', 'transparent', 'opaque']),
      output_format: choice('Format', ['png', 'jpeg', 'webp']),
    }),
    outputSchema: output(['data'], {
      data: field('array', 'Images', {
        items: output([], {
          b64_json: field('string', 'Image in Base64'),
          url: field('string', 'Where it is kept for an hour'),
        }),
      }),
      usage,
    }),
    references: modelReference,
  },
  {
    name: 'openai.moderation.create',
    title: 'Check a text',
    description: 'Says whether a text is harmful, and how.',
    runtimeState: 'ACTIVE',
    risk: 'LOW',
    annotations: READS,
    scopes: [],
    inputSchema: input(['input'], { model, input: text('Text to check', 100_000) }),
    outputSchema: output(['results'], {
      results: field('array', 'One result', {
        items: output(['flagged'], {
          flagged: field('boolean', 'Whether any category applies'),
          categories: field('object', 'Which categories apply'),
          category_scores: field('object', 'How sure, from 0 to 1'),
        }),
      }),
    }),
    references: modelReference,
  },
  {
    name: 'openai.model.list',
    title: 'List models',
    description: 'Reads the models the key may use.',
    runtimeState: 'ACTIVE',
    risk: 'LOW',
    annotations: READS,
    scopes: [],
    inputSchema: input([], {}),
    outputSchema: output(['data'], {
      data: field('array', 'Models', {
        items: output(['id'], { id: field('string', 'Model id'), owned_by: field('string', 'Who made it') }),
      }),
    }),
    references: [],
  },
];
