import { expect, test } from 'vitest';
import { changeOf, linesOf } from './compare.ts';

const pinned = new Set(['chat.post', 'chat.delete', 'pins.add']);

test('what a newer version adds and removes is told, and what of it is ours', () => {
  const newest = new Set(['chat.post', 'pins.add', 'pins.list']);
  const change = changeOf('slack operations', pinned, newest, new Set(['chat.delete', 'pins.add']));
  expect(change).toEqual({
    title: 'slack operations',
    added: ['pins.list'],
    removed: ['chat.delete'],
    affected: ['chat.delete'],
    isUnread: false,
  });
  const versions = { pinned: { sdk: '1.0.0', other: '2.0.0' }, newest: { sdk: '1.1.0', other: '2.0.0' } };
  expect(linesOf('sdk', versions, [{ ...change!, packages: ['sdk'] }])).toEqual([
    'sdk 1.0.0 → 1.1.0',
    '  slack operations: 1 added, 1 removed, 1 of ours among these',
    '    + pins.list',
    '    - chat.delete',
    '    ! chat.delete is ours, and gone',
  ]);
  expect(linesOf('other', versions, [{ ...change!, packages: ['sdk'] }])).toEqual(['other 2.0.0, the newest']);
});

test('versions with the same names have not changed', () => {
  expect(changeOf('slack operations', pinned, new Set(pinned), new Set())).toBeUndefined();
});

test('a version whose types stand elsewhere is said to be unread, not to have lost every name', () => {
  const change = changeOf('slack operations', pinned, new Set(), pinned);
  const versions = { pinned: { sdk: '1.0.0' }, newest: { sdk: '2.0.0' } };
  expect(linesOf('sdk', versions, [{ ...change!, packages: ['sdk'] }])).toEqual([
    'sdk 1.0.0 → 2.0.0',
    '  slack operations: could not be read; the newest version has its types elsewhere',
  ]);
});
