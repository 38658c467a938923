import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type EventSubscriptionSchema, SubscriptionState } from '../../gen/mobius/integrations/v1/event_pb.js';
import type { ListedSubscription } from './list.ts';

export function subscriptionMessage(listed: ListedSubscription): MessageInitShape<typeof EventSubscriptionSchema> {
  return {
    id: listed.vendorId,
    integrationId: listed.integrationId,
    target: listed.target,
    eventTypes: [...listed.eventTypes],
    state: SubscriptionState[listed.state],
    expireTime: listed.expireTime && timestampFromDate(listed.expireTime),
    renewTime: listed.renewTime && timestampFromDate(listed.renewTime),
    lastDeliveryTime: listed.deliveryTime && timestampFromDate(listed.deliveryTime),
  };
}
