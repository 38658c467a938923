/** Does `work` while so many callers call one after the other; `i` counts their calls. Rejects where a call does. */
export async function underLoad<T>(
  callers: number,
  call: (i: number) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  let isOver = false;
  const caller = async (number: number): Promise<void> => {
    for (let i = number; !isOver; i += callers) await call(i);
  };
  const load = Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  const broken = load.then(() => new Promise<never>(() => undefined));
  try {
    return await Promise.race([work(), broken]);
  } finally {
    isOver = true;
    await load;
  }
}
