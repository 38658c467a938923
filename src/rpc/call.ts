import type { HandlerContext } from '@connectrpc/connect';
import { IntegrationError } from '../errors.ts';
import { type Caller, callerKey } from './caller.ts';

/** Who makes this call. The interceptors let no call without a caller through to a method that asks. */
export function callerOf(context: HandlerContext): Caller {
  const caller = context.values.get(callerKey);
  if (caller === undefined) throw new IntegrationError('CALLER_UNKNOWN');
  return caller;
}

/** Proto3 has no absent text; an empty one stands for it. */
export function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}
