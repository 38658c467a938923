import type { Message } from '@bufbuild/protobuf';
import type { Action, EventType } from '../providers/provider.ts';
import { keepEncoding } from '../rpc/kept_encoding.ts';
import type { Listed } from './list.ts';
import { actionMessage, eventTypeMessage } from './message.ts';

/** Messages of items as they are now, made and encoded once for each readiness they are in. */
export type ItemMessages = {
  readonly action: (listed: Listed<Action>, full: boolean) => ReturnType<typeof actionMessage>;
  readonly eventType: (listed: Listed<EventType>, full: boolean) => ReturnType<typeof eventTypeMessage>;
};

/** Of about 2 kB each; causes name integrations, so that there are as many as projects have different ones. */
const MAX_KEPT = 2_000;

export function createItemMessages(): ItemMessages {
  return { action: keeping(actionMessage), eventType: keeping(eventTypeMessage) };
}

/** What was made longest ago goes first. A message is of one item: after a reload the name may be another's. */
function keeping<Item extends { readonly name: string }, M extends Message>(
  make: (listed: Listed<Item>, full: boolean) => M,
) {
  const kept = new Map<string, { readonly item: Item; readonly message: M }>();
  return (listed: Listed<Item>, full: boolean): M => {
    const { readiness, causes } = listed.verdict;
    const why = causes.length === 0 ? '' : JSON.stringify(causes);
    const key = `${listed.provider.id} ${listed.item.name} ${full} ${readiness} ${why}`;
    const known = kept.get(key);
    if (known?.item === listed.item) return known.message;
    const message = keepEncoding(make(listed, full));
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(key, { item: listed.item, message });
    return message;
  };
}
