/** Maps with at most `limit` calls at once, for vendors that resolve one value a call. The first failure ends it. */
export async function mapLimited<In, Out>(
  values: readonly In[],
  limit: number,
  work: (value: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  const queue = values.entries();
  let failed = false;
  const workers = Array.from({ length: Math.min(limit, values.length) }, async () => {
    for (const [index, value] of queue) {
      if (failed) return;
      try {
        results[index] = await work(value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  await Promise.all(workers);
  return results;
}
