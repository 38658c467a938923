/** What may be at hand already. Hot paths do not wait for what is: each wait is a turn of the queue and a frame to be kept. */
export type Maybe<T> = T | Promise<T>;

export function whenThere<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Readings by key. Those who ask together share one; what it gave lies there from then on, and what failed is read anew. */
export type Readings<K, T> = Map<K, { readonly value: T } | Promise<T>>;

export function readThrough<K, T>(
  readings: Readings<K, T>,
  key: K,
  read: () => Promise<T>,
  /** What failed is no longer there. */
  onDropped: () => void = () => undefined,
): Maybe<T> {
  const present = readings.get(key);
  if (present !== undefined) return present instanceof Promise ? present : present.value;
  const reading = read();
  readings.set(key, reading);
  reading.then(
    value => void readings.set(key, { value }),
    () => {
      readings.delete(key);
      onDropped();
    },
  );
  return reading;
}
