import { watch } from 'node:fs';

/** Editors and ConfigMaps write in several steps: the directory is read once they have been quiet this long. */
const SETTLE_MS = 50;
/** A file that moved to another mount or inode may be changed without an event; it is looked at this often anyway. */
const POLL_MS = 10_000;

/**
 * Calls `read` at once, after each change in the directory, and every ten seconds; one reading at a time, and one more after
 * it when something changed meanwhile. The directory, not a file: a rename over the file, as editors and ConfigMaps do, would
 * end a watch of the file. `read` does not throw. `onLost`: it is only polled from then on. Returns the way to stop.
 */
export function watchDirectory(
  directory: string,
  read: () => Promise<void>,
  onLost: (reason: unknown) => void,
): () => void {
  let reading = Promise.resolve();
  const queue = (): void => {
    reading = reading.then(read);
  };
  let settling: NodeJS.Timeout | undefined;
  const onEvent = (): void => {
    clearTimeout(settling);
    settling = setTimeout(queue, SETTLE_MS);
    settling.unref();
  };
  const watcher = watch(directory, { persistent: false }, onEvent);
  watcher.on('error', onLost);
  const poll = setInterval(queue, POLL_MS);
  poll.unref();
  // Once more, for a change between the first reading and the watch.
  queue();
  return () => {
    watcher.close();
    clearTimeout(settling);
    clearInterval(poll);
  };
}
