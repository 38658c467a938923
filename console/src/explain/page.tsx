import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { useQuery } from '@connectrpc/connect-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { DeliveryCause, DeliveryStage } from '../../../gen/mobius/integrations/v1/event_pb.js';
import { EventService, type ExplainDeliveryResponse } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { Timeline } from '../activity/timeline.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Fold } from '../parts/code.tsx';
import { Mend } from '../parts/mend.tsx';
import { Notice } from '../parts/notice.tsx';
import { Empty, Failed, Skeleton } from '../parts/states.tsx';
import { Suggest } from '../parts/suggest.tsx';
import { TextField } from '../parts/text_field.tsx';
import { useProviders } from '../rpc/catalog.ts';
import { Head } from '../shell/head.tsx';
import { causeOfStop, stageWord } from '../words/event.ts';
import { Surroundings } from './surroundings.tsx';

const route = getRouteApi('/projects/$project/explain');
const ranges = [
  { value: '1', label: 'Last hour' },
  { value: '24', label: 'Last day' },
  { value: '168', label: 'Last week' },
] as const;

/** The question turned round: not what came, but why something did not. */
export function ExplainPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const providers = useProviders(project);
  const [form, setForm] = useState({
    provider: search.provider ?? '',
    type: search.type ?? '',
    delivery: search.delivery ?? '',
    hours: search.hours ?? '1',
  });
  const types = useMemo(
    () =>
      (providers.data ?? [])
        .filter(each => form.provider === '' || each.id === form.provider)
        .flatMap(each => each.eventTypes.map(type => type.name)),
    [providers.data, form.provider],
  );
  return (
    <>
      <Head
        title="Why did nothing fire?"
        about="Say what you waited for. The answer names the first place where it stopped."
      />
      <form
        className="ask"
        onSubmit={event => {
          event.preventDefault();
          const filled = Object.entries(form).filter(([, value]) => value !== '');
          void navigate({ search: Object.fromEntries(filled) });
        }}
      >
        <Suggest
          label="Provider"
          placeholder="Which should have delivered"
          value={form.provider}
          options={(providers.data ?? []).map(each => each.id)}
          about={id => providers.data?.find(each => each.id === id)?.displayName}
          onChange={provider => setForm({ ...form, provider, type: '' })}
        />
        <Suggest
          label="Event type"
          placeholder="Any of the provider"
          value={form.type}
          options={types}
          onChange={type => setForm({ ...form, type })}
        />
        <TextField
          label="Delivery id"
          optional
          placeholder="From the provider’s console"
          autoComplete="off"
          spellCheck={false}
          maxLength={256}
          value={form.delivery}
          onChange={event => setForm({ ...form, delivery: event.target.value.trim() })}
        />
        <Choice
          above
          label="When"
          value={form.hours}
          options={ranges}
          onChange={hours => setForm({ ...form, hours })}
        />
        <Button
          look="primary"
          type="submit"
          disabled={form.provider === '' && form.type === '' && form.delivery === ''}
        >
          Explain
        </Button>
      </form>
      <Answer project={project} />
    </>
  );
}

function Answer({ project }: { readonly project: string }) {
  const { provider = '', integration = '', type = '', delivery = '', event = '', hours = '1' } = route.useSearch();
  const isAsked = [provider, type, delivery, event, integration].some(each => each !== '');
  const [askedMs, setAskedMs] = useState(() => Date.now());
  const query = useQuery(
    EventService.method.explainDelivery,
    {
      project,
      provider,
      integrationId: integration,
      eventType: type,
      deliveryKey: delivery,
      eventId: event,
      since: timestampFromDate(new Date(askedMs - Number(hours) * 3_600_000)),
    },
    { enabled: isAsked },
  );
  if (!isAsked) {
    return (
      <Empty title="Nothing asked yet">
        It looks at what arrived, what was refused and why, whose it was, who took it, and, where nothing came, what
        kept it away.
      </Empty>
    );
  }
  if (query.data !== undefined)
    return <Explained project={project} found={query.data} onAgain={() => setAskedMs(Date.now())} />;
  if (query.error !== null)
    return <Failed error={query.error} what="It could not be explained" retry={() => void query.refetch()} />;
  return <Skeleton rows={5} label="Loading the explanation" />;
}

function Explained({
  project,
  found,
  onAgain,
}: {
  readonly project: string;
  readonly found: ExplainDeliveryResponse;
  readonly onAgain: () => void;
}) {
  const { stoppedAt, cause, message, fix, deliveries } = found;
  const isThrough = stoppedAt === DeliveryStage.UNSPECIFIED;
  return (
    <div className="stack loose" aria-live="polite">
      {isThrough ? (
        <Notice
          tone="good"
          title="Everything that came went through"
          action={<Button onClick={onAgain}>Look again</Button>}
        >
          {message}
        </Notice>
      ) : (
        <section className="verdict">
          <p className="verdict-stage">
            Stopped at {stageWord(stoppedAt).text.toLowerCase()}
            <Button look="quiet" onClick={onAgain}>
              Look again
            </Button>
          </p>
          <h2>{cause === DeliveryCause.UNSPECIFIED ? 'It went no further' : causeOfStop(cause)}</h2>
          <p>{message}</p>
          <Mend project={project} fix={fix} look="primary" />
        </section>
      )}
      {deliveries.length > 0 && (
        <section>
          <h2 className="group-title">
            Deliveries <span className="count">{deliveries.length}</span>
          </h2>
          <ul className="plain-list stack">
            {deliveries.map((delivery, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a refused delivery has no id of its own
              <li key={`${delivery.eventId}${delivery.deliveryKey}${index}`} className="box">
                <Fold
                  open={index === 0}
                  title={
                    <span className="delivery-title">
                      <strong>{delivery.eventType || 'Unknown event'}</strong>
                      {delivery.deliveryKey !== '' && <code className="faint">{delivery.deliveryKey}</code>}
                      <span className={delivery.stoppedAt === DeliveryStage.UNSPECIFIED ? 'good-text' : 'bad-text'}>
                        {delivery.stoppedAt === DeliveryStage.UNSPECIFIED
                          ? 'went through'
                          : causeOfStop(delivery.cause).toLowerCase()}
                      </span>
                    </span>
                  }
                >
                  <Timeline project={project} delivery={delivery} />
                  {delivery.eventId !== '' && (
                    <p className="account-links">
                      <Link to="/projects/$project/activity" params={{ project }} search={{ event: delivery.eventId }}>
                        Its receipt
                      </Link>
                    </p>
                  )}
                </Fold>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Surroundings project={project} found={found} />
    </div>
  );
}
