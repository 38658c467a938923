import { typeidUnboxed } from 'typeid-js';
import type { IntegrationStatus } from '../integrations/entity.ts';
import { integrationsOfAccounts } from '../integrations/of_account.ts';
import type { Statements } from '../store/sql.ts';
import type { EventSource } from './entity.ts';
import type { KeptEvent } from './kept.ts';
import type { StorableEvent } from './payload.ts';

/** The events of one delivery. */
export type Received<Event = StorableEvent> = {
  readonly provider: string;
  readonly source: EventSource;
  readonly receiveTime: Date;
  readonly events: readonly Event[];
  /** Set: they are this integration's, whatever account they name. */
  readonly integration: Target | undefined;
  /** They came before their integration did, and were kept for it. */
  readonly isLate?: true;
};

type Target = { readonly project: string; readonly id: string; readonly status: IntegrationStatus };

/** What one integration is to be told of an event. */
export type Receipt = {
  readonly project: string;
  readonly integrationId: string;
  readonly id: string;
  readonly received: Received<KeptEvent>;
  readonly event: KeptEvent;
  readonly integrationStatus: IntegrationStatus;
  /** Undefined: the integration is switched off, so that it is recorded and goes no further. */
  readonly sourceEventId: string | undefined;
};

/** A delivery with its events' receipts, one for each integration of an event's account; empty: none has it. */
export type Attributed = {
  readonly received: Received<KeptEvent>;
  readonly receiptsOf: ReadonlyMap<KeptEvent, readonly Receipt[]>;
};

export async function attribute(em: Statements, batch: readonly Received<KeptEvent>[]): Promise<readonly Attributed[]> {
  const open = batch.filter(received => received.integration === undefined);
  const integrations = await integrationsOfAccounts(
    em,
    open.flatMap(({ provider, events }) => events.map(({ accountId }) => ({ provider, accountId }))),
  );
  const byAccount = Map.groupBy(integrations, i => `${i.provider}/${i.accountId}`);
  return batch.map(received => {
    const { provider, events, integration } = received;
    const targetsOf = ({ accountId }: KeptEvent): readonly Target[] =>
      integration === undefined ? (byAccount.get(`${provider}/${accountId}`) ?? []) : [integration];
    return {
      received,
      receiptsOf: new Map(events.map(event => [event, targetsOf(event).map(to => receiptOf(received, event, to))])),
    };
  });
}

function receiptOf(received: Received<KeptEvent>, event: KeptEvent, target: Target): Receipt {
  const suffix = typeidUnboxed();
  return {
    project: target.project,
    integrationId: target.id,
    id: `ievt_${suffix}`,
    received,
    event,
    integrationStatus: target.status,
    sourceEventId: target.status === 'INACTIVE' ? undefined : `sevt_${suffix}`,
  };
}
