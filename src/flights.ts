/** Joins callers of the same work: while it is under way, later callers get its outcome instead of starting it again. */
export type Flights = {
  readonly join: <T>(key: string, work: () => Promise<T>) => Promise<T>;
};

export function createFlights(): Flights {
  const running = new Map<string, Promise<unknown>>();
  return {
    join: <T>(key: string, work: () => Promise<T>): Promise<T> => {
      const present = running.get(key) as Promise<T> | undefined;
      if (present !== undefined) return present;
      const flight = work().finally(() => running.delete(key));
      running.set(key, flight);
      return flight;
    },
  };
}
