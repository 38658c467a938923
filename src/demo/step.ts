import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import type { Note, Stage } from './stage.ts';

/** One line of the story. `show` throws with the reason why it is not so, and answers the fact that shows it. */
export type Step = { readonly title: string; readonly show: (stage: Stage) => Promise<string> };

export function check(holds: unknown, reason: string): asserts holds {
  if (!holds) throw new Error(reason);
}

/** What an earlier step left. */
export function noted(stage: Stage, note: Note): string {
  const value = stage.notes.get(note);
  if (value === undefined) throw new Error(`an earlier step left no ${note}`);
  return value;
}

/** The code and reason a call is refused with; a call that succeeds is the failure. */
export async function refusalOf(call: Promise<unknown>): Promise<{ readonly code: string; readonly reason: string }> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  check(error !== undefined, 'it was not refused');
  if (!(error instanceof ConnectError)) throw error;
  const [info] = error.findDetails(ErrorInfoSchema);
  return { code: Code[error.code], reason: info?.reason ?? '' };
}
