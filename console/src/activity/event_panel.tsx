import { useMutation, useQuery } from '@connectrpc/connect-query';
import { Link } from '@tanstack/react-router';
import type { IntegrationEvent } from '../../../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Copied, Fold, Json } from '../parts/code.tsx';
import { Facts } from '../parts/facts.tsx';
import { RefreshIcon } from '../parts/icons.tsx';
import { Modal } from '../parts/modal.tsx';
import { say } from '../parts/say.ts';
import { Loaded } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { newRequestId } from '../rpc/request_id.ts';
import { useMay } from '../session/session.ts';
import { sourceWord, stageWord } from '../words/event.ts';
import { Timeline } from './timeline.tsx';

const followMs = 2_000;

/** One receipt: its way, what it says, and the way to send it again. */
export function EventPanel({
  project,
  event: id,
  onClose,
  onOpen,
}: {
  readonly project: string;
  readonly event: string;
  readonly onClose: () => void;
  readonly onOpen: (event: string) => void;
}) {
  const receipt = useQuery(
    EventService.method.getIntegrationEvent,
    { project, eventId: id, includePayload: true },
    { refetchInterval: followMs },
  );
  const found = receipt.data?.event;
  return (
    <Modal
      look="at-side"
      open
      onClose={onClose}
      title={found?.eventType ?? 'Event'}
      about={
        found && (
          <>
            <Badge tone={stageWord(found.stage).tone}>{stageWord(found.stage).text}</Badge>{' '}
            <Time at={found.receiveTime} full />
          </>
        )
      }
      footer={found && <Replay project={project} event={found} onOpen={onOpen} />}
    >
      <Loaded query={receipt} what="The event">
        {({ event }) => event && <Receipt project={project} event={event} onOpen={onOpen} />}
      </Loaded>
    </Modal>
  );
}

function Receipt({
  project,
  event,
  onOpen,
}: {
  readonly project: string;
  readonly event: IntegrationEvent;
  readonly onOpen: (event: string) => void;
}) {
  const { sourceEvent } = event;
  const way = useQuery(
    EventService.method.explainDelivery,
    { project, eventId: event.id },
    { refetchInterval: followMs },
  );
  const other = (id: string) =>
    id !== '' && (
      <button type="button" className="link mono" onClick={() => onOpen(id)}>
        {id}
      </button>
    );
  return (
    <div className="stack loose">
      <section>
        <h3 className="part-title">Its way</h3>
        <Loaded query={way} what="Its way" rows={4}>
          {({ deliveries: [delivery] }) => delivery && <Timeline project={project} delivery={delivery} />}
        </Loaded>
      </section>
      <section>
        <h3 className="part-title">Receipt</h3>
        <Facts
          entries={[
            ['Id', <Copied key="id" text={event.id} label="id" />],
            [
              'Account',
              event.integrationId !== '' && (
                <Link
                  key="account"
                  to="/projects/$project/providers/$provider"
                  params={{ project, provider: event.provider }}
                  search={{ integration: event.integrationId }}
                  className="mono"
                >
                  {event.integrationId}
                </Link>
              ),
            ],
            ['Source', sourceWord(event.source)],
            ['Delivery key', event.deliveryKey !== '' && <code>{event.deliveryKey}</code>],
            ['Happened', event.occurTime && <Time at={event.occurTime} full />],
            ['Repeats', other(event.duplicateOf)],
            ['Replays', other(event.replayOf)],
            ['Source event', sourceEvent && <Copied key="source" text={sourceEvent.id} label="source event id" />],
            ['Attempts', sourceEvent && sourceEvent.attempts > 0 && String(sourceEvent.attempts)],
            ['Last error', sourceEvent?.lastError],
            ['Runs', sourceEvent && sourceEvent.runIds.length > 0 && <code>{sourceEvent.runIds.join(', ')}</code>],
          ]}
        />
      </section>
      <section>
        <Fold title={`Payload as stored${event.payloadTruncated ? ', cut at 256 KiB' : ''}`} open>
          {event.payload === undefined ? (
            <p className="faint">No payload is stored.</p>
          ) : (
            <Json value={event.payload} label="Payload, secrets and private parts cut out" />
          )}
        </Fold>
      </section>
    </div>
  );
}

function Replay({
  project,
  event,
  onOpen,
}: {
  readonly project: string;
  readonly event: IntegrationEvent;
  readonly onOpen: (event: string) => void;
}) {
  const may = useMay(project);
  const refresh = useRefresh();
  const replay = useMutation(EventService.method.replayIntegrationEvents, {
    onSuccess: ({ events: [first] }) => {
      refresh();
      say('Replayed', 'A new source event names this one as its original.');
      if (first?.replayEventId) onOpen(first.replayEventId);
    },
    onError: error => say('Not replayed', problemOf(error).message, 'bad'),
  });
  if (!may('events.manage')) return null;
  return (
    <Button
      busy={replay.isPending}
      onClick={() => replay.mutate({ project, eventIds: [event.id], requestId: newRequestId() })}
    >
      <RefreshIcon size={14} /> Replay
    </Button>
  );
}
