import { describe, expect, test } from 'vitest';
import { createGroupCommit } from '../src/group_commit.ts';

function committer(write: (batch: readonly number[]) => Promise<readonly number[]>, maxQueued = 1000) {
  return createGroupCommit<number, number>({ write, maxBatch: 10, maxQueued, overloaded: () => new Error('full') });
}

describe('group commit', () => {
  test('what arrives together shares a write, in order, up to the batch size', async () => {
    const batches: number[][] = [];
    const commit = committer(async batch => {
      batches.push([...batch]);
      return batch.map(n => n * 2);
    });
    const results = await Promise.all(Array.from({ length: 25 }, (_, i) => commit.add(i)));
    expect(results).toEqual(Array.from({ length: 25 }, (_, i) => i * 2));
    expect(batches.map(b => b.length)).toEqual([10, 10, 5]);
  });

  test('as many writes as may be are under way, each begun when its batch is prepared, in order', async () => {
    const told: string[] = [];
    const ends: (() => void)[] = [];
    const commit = createGroupCommit<number, string, string>({
      atOnce: 2,
      maxBatch: 2,
      maxQueued: 1000,
      overloaded: () => new Error('full'),
      prepare: async batch => {
        told.push(`prepare ${batch}`);
        return batch.map(n => `p${n}`);
      },
      write: async batch => {
        told.push(`write ${batch}`);
        await new Promise<void>(resolve => ends.push(resolve));
        return batch;
      },
    });
    const results = Promise.all([1, 2, 3, 4, 5, 6].map(commit.add));
    await expect.poll(() => ends.length).toBe(2);
    expect(told).toEqual(['prepare 1,2', 'write p1,p2', 'prepare 3,4', 'write p3,p4']);
    ends[0]?.();
    await expect.poll(() => ends.length).toBe(3);
    expect(told.slice(4)).toEqual(['prepare 5,6', 'write p5,p6']);
    for (const end of ends) end();
    expect(await results).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    await commit.drain();
  });

  test('a batch that cannot be prepared is rejected alone', async () => {
    const commit = createGroupCommit<number, number>({
      maxBatch: 1,
      maxQueued: 10,
      overloaded: () => new Error('full'),
      prepare: async batch => {
        if (batch.includes(1)) throw new Error('away');
        return batch;
      },
      write: async batch => batch,
    });
    const results = await Promise.allSettled([commit.add(1), commit.add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('a failed write rejects its own batch alone', async () => {
    const commit = committer(async batch => {
      if (batch.includes(3)) throw new Error('disk');
      return batch;
    });
    const results = await Promise.allSettled(Array.from({ length: 15 }, (_, i) => commit.add(i)));
    expect(results.slice(0, 10).every(r => r.status === 'rejected')).toBe(true);
    expect(results.slice(10).every(r => r.status === 'fulfilled')).toBe(true);
    await expect(commit.add(99)).resolves.toBe(99);
  });

  test('one write is under way at a time', async () => {
    let running = 0;
    let most = 0;
    const commit = committer(async batch => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setImmediate(resolve));
      running--;
      return batch;
    });
    await Promise.all(Array.from({ length: 100 }, (_, i) => commit.add(i)));
    expect(most).toBe(1);
  });

  test('a full queue rejects at once and drain waits for the rest', async () => {
    let written = 0;
    const commit = committer(async batch => {
      written += batch.length;
      return batch;
    }, 3);
    const results = Promise.allSettled([1, 2, 3, 4].map(n => commit.add(n)));
    await commit.drain();
    expect(written).toBe(3);
    expect((await results).map(r => r.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });
});
