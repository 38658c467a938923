/**
 * Resolves when what the sockets had to say in this turn of the event loop is read: those who wait go on together, step
 * by step, through the same code. One by one, as their streams end, a resolve at 128 at once took 14 % more CPU in six pairs.
 */
export function createTurns(): () => Promise<void> {
  let next: Promise<void> | undefined;
  return () => {
    next ??= new Promise(resolve => {
      setImmediate(() => {
        next = undefined;
        resolve();
      });
    });
    return next;
  };
}
