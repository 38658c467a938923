import { expect, test } from 'vitest';
import { providers } from '../src/providers/index.ts';
import { shortActions } from './operation_scopes.ts';
import { operationsOf } from './operations/index.ts';

const asana = providers.find(({ id }) => id === 'asana')!;

test('an action whose scopes do not do for its operation is named', () => {
  const of = new Map([['TasksApi.createTask', ['tasks:write', 'tasks:shout']]]);
  expect(shortActions(asana, operationsOf.asana!, { needs: 'one', of })).toEqual([]);
  expect(shortActions(asana, operationsOf.asana!, { needs: 'each', of })).toEqual([
    'asana.task.create: TasksApi.createTask takes each of tasks:write, tasks:shout',
  ]);
});

test('a package that says nothing is not taken for one that asks for nothing', () => {
  expect(shortActions(asana, operationsOf.asana!, { needs: 'each', of: new Map() })).toHaveLength(1);
});
