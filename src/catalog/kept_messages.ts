import { create, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { ActionSchema, EventTypeSchema } from '../../gen/mobius/integrations/v1/catalog_pb.js';
import { Readiness } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceTypeSchema } from '../../gen/mobius/integrations/v1/reference_pb.js';
import type { CatalogItems } from '../providers/catalog_index.ts';
import { withPieces } from '../rpc/kept_encoding.ts';
import type { Listed } from './list.ts';
import { actionFacts, causeMessage, eventTypeFacts, referenceTypeFacts } from './message.ts';
import type { Verdict } from './readiness.ts';

type ItemSchema = typeof ActionSchema | typeof EventTypeSchema | typeof ReferenceTypeSchema;
type Said = Pick<MessageShape<ItemSchema>, 'readiness' | 'causes'>;

/** An item's message; `full` with its JSON Schemas. */
type MessageOf<Item, Schema extends ItemSchema> = (listed: Listed<Item>, full: boolean) => MessageShape<Schema>;

export type ItemMessages = {
  readonly action: MessageOf<CatalogItems['ACTION'], typeof ActionSchema>;
  readonly eventType: MessageOf<CatalogItems['EVENT_TYPE'], typeof EventTypeSchema>;
  readonly referenceType: MessageOf<CatalogItems['REFERENCE_TYPE'], typeof ReferenceTypeSchema>;
};

/**
 * An item's message has two parts: what the manifest says, made and encoded once, and the readiness, made and encoded once for
 * all items that share a verdict. As bytes they stand behind one another.
 */
export function createItemMessages(): ItemMessages {
  return {
    action: inTwoParts(ActionSchema, actionFacts),
    eventType: inTwoParts(EventTypeSchema, eventTypeFacts),
    referenceType: inTwoParts(ReferenceTypeSchema, referenceTypeFacts),
  };
}

function inTwoParts<Item extends object, Schema extends ItemSchema>(
  schema: Schema,
  factsOf: (offered: Pick<Listed<Item>, 'provider' | 'item'>, full: boolean) => MessageInitShape<Schema>,
): MessageOf<Item, Schema> {
  const encoded = (init: MessageInitShape<Schema>) => {
    const message = create(schema as DescMessage, init) as MessageShape<Schema>;
    return { message, bytes: toBinary(schema as DescMessage, message) };
  };
  const basic = new WeakMap<Item, ReturnType<typeof encoded>>();
  const whole = new WeakMap<Item, ReturnType<typeof encoded>>();
  const standings = new WeakMap<Verdict, ReturnType<typeof encoded>>();
  return (listed, full) => {
    const facts = keep(full ? whole : basic, listed.item, () => encoded(factsOf(listed, full)));
    const { verdict } = listed;
    const standing = keep(standings, verdict, () =>
      encoded({
        readiness: Readiness[verdict.readiness],
        causes: verdict.causes.map(causeMessage),
      } as MessageInitShape<Schema>),
    );
    const { readiness, causes } = standing.message as Said;
    return withPieces({ ...facts.message, readiness, causes }, [facts.bytes, standing.bytes]);
  };
}

function keep<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
