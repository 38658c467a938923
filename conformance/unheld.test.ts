import { expect, test } from 'vitest';
import { providers } from '../src/providers/index.ts';
import { operationsOf } from './operations/index.ts';
import { undescribed } from './undescribed.ts';
import { unheldActions } from './unheld.ts';

/** That the vendors have the operations which are named is for the compiler to say: `make check`. */

test('every action that works names its vendor’s operation, or its provider says why it names none', () => {
  expect(unheldActions(providers, operationsOf, undescribed)).toEqual([]);
});

test('an action without an operation is named, and so is an operation without an action', () => {
  const { slack } = operationsOf;
  const { 'message.post': _, ...rest } = slack!;
  const operations = { ...operationsOf, slack: { ...rest, 'message.shout': 'chat.shout' } };
  expect(unheldActions(providers, operations, undescribed)).toEqual([
    'slack.message.post: names no operation of its vendor',
    'slack.message.shout: is no action that works',
  ]);
});

test('a provider with actions must be described or say why it is not, one of both', () => {
  const { slack: _, ...rest } = operationsOf;
  expect(unheldActions(providers, rest, undescribed)).toEqual([
    'slack: has actions, and neither conformance/operations/slack.ts nor a reason in conformance/undescribed.ts',
  ]);
  expect(unheldActions(providers, operationsOf, { ...undescribed, slack: 'No package.', nobody: 'Who?' })).toEqual([
    'nobody: there is no such provider',
    'slack: is listed in conformance/undescribed.ts and has operations all the same',
  ]);
});
