import { useInfiniteQuery } from '@connectrpc/connect-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { DeliveryStage, EventSource, type IntegrationEvent } from '../../../gen/mobius/integrations/v1/event_pb.js';
import { EventService } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { SendIcon } from '../parts/icons.tsx';
import { LiveDot } from '../parts/live_dot.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Suggest } from '../parts/suggest.tsx';
import { type Columns, DataTable } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useIntegrations, useProviders } from '../rpc/catalog.ts';
import { useVisible } from '../rpc/live.ts';
import { useMay } from '../session/session.ts';
import { Head } from '../shell/head.tsx';
import { sourceWord, stageWord } from '../words/event.ts';
import { EventPanel } from './event_panel.tsx';
import { FireDialog } from './fire_dialog.tsx';

const route = getRouteApi('/projects/$project/activity');
const pollMs = 2_000;
const stages = [
  'RECORDED',
  'PUBLISHED',
  'DELIVERED',
  'SUCCEEDED',
  'RETRYING',
  'FAILED',
  'DEAD',
  'DUPLICATE',
  'UNMATCHED',
] as const;
const sources = ['WEBHOOK', 'POLL', 'SYNTHETIC', 'RECOVERED'] as const;
const any = { value: '', label: 'Any' };

export function ActivityPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay(project);
  const [isFiring, setFiring] = useState(false);
  const isVisible = useVisible();
  const { provider = '', integration = '', type = '', stage = '', source = '', event } = search;
  const filter = (next: Partial<typeof search>): void => {
    const cleaned = Object.fromEntries(Object.entries({ ...search, ...next }).filter(([, value]) => value !== ''));
    void navigate({ search: cleaned, replace: true });
  };
  const query = useInfiniteQuery(
    EventService.method.listIntegrationEvents,
    {
      project,
      provider,
      integrationId: integration,
      eventType: type,
      stage: DeliveryStage[stage as keyof typeof DeliveryStage] ?? DeliveryStage.UNSPECIFIED,
      source: EventSource[source as keyof typeof EventSource] ?? EventSource.UNSPECIFIED,
      pageSize: 50,
      pageToken: '',
    },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: page => page.nextPageToken || undefined,
      // One page follows what happens; who reads further back reads a list that stands still.
      refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) === 1 && isVisible ? pollMs : false),
      staleTime: 0,
    },
  );
  const events = useMemo(() => query.data?.pages.flatMap(page => page.events) ?? [], [query.data]);
  const isLive = (query.data?.pages.length ?? 1) === 1;
  const fresh = useFresh(events, `${provider}|${integration}|${type}|${stage}|${source}`);
  const providers = useProviders(project);
  const integrations = useIntegrations(project);
  const columns = useMemo(
    () => columnsFor(new Map(integrations.data?.map(each => [each.id, each.name]))),
    [integrations.data],
  );
  const types = useMemo(
    () =>
      (providers.data ?? [])
        .filter(p => provider === '' || p.id === provider)
        .flatMap(p => p.eventTypes.map(e => e.name)),
    [providers.data, provider],
  );
  const isFiltered = [provider, integration, type, stage, source].some(each => each !== '');
  const open = (id: string | undefined): void => {
    const { event: _, ...rest } = search;
    void navigate({
      search: id === undefined ? rest : { ...rest, event: id },
      replace: id === undefined,
      resetScroll: false,
    });
  };
  return (
    <>
      <Head
        title="Activity"
        about="What arrived from the providers, and what became of it."
        actions={
          <>
            <LiveDot live={query.isError ? 'broken' : isLive ? 'open' : 'opening'} />
            {may('events.manage') && (
              <Button onClick={() => setFiring(true)}>
                <SendIcon size={14} /> Fire a sample
              </Button>
            )}
          </>
        }
      />
      <div className="filters grid">
        <Suggest
          inline
          label="Provider"
          value={provider}
          options={(providers.data ?? []).map(each => each.id)}
          onChange={next => filter({ provider: next, type: '', integration: '' })}
        />
        <Suggest inline label="Event type" value={type} options={types} onChange={next => filter({ type: next })} />
        <Choice
          wide
          label="Account"
          value={integration}
          options={[
            any,
            ...(integrations.data ?? [])
              .filter(each => provider === '' || each.provider === provider)
              .map(each => ({ value: each.id, label: `${each.provider}: ${each.name}` })),
          ]}
          onChange={next => filter({ integration: next })}
        />
        <Choice
          wide
          label="Stage"
          value={stage}
          options={[any, ...stages.map(each => ({ value: each, label: stageWord(DeliveryStage[each]).text }))]}
          onChange={next => filter({ stage: next })}
        />
        <Choice
          wide
          label="Source"
          value={source}
          options={[any, ...sources.map(each => ({ value: each, label: sourceWord(EventSource[each]) }))]}
          onChange={next => filter({ source: next })}
        />
      </div>
      <Loaded query={query} what="The activity" rows={8}>
        {() =>
          events.length === 0 ? (
            isFiltered ? (
              <Empty
                title="Nothing matches"
                action={<Button onClick={() => void navigate({ search: {}, replace: true })}>Clear the filters</Button>}
              >
                Refused deliveries have no receipt: ask why nothing fired.
              </Empty>
            ) : (
              <Empty title="Nothing has arrived yet">
                Deliveries appear here as they come. Fire a sample to see one.
              </Empty>
            )
          ) : (
            <>
              <DataTable
                label="Integration events"
                columns={columns}
                rows={events}
                rowId={each => each.id}
                onOpen={each => open(each.id)}
                isOpen={each => each.id === event}
                fresh={fresh}
              />
              <div className="after-table">
                {query.hasNextPage && (
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Older events
                  </Button>
                )}
                {!isLive && <span className="faint">The list stands still while older events are open.</span>}
              </div>
            </>
          )
        }
      </Loaded>
      {event !== undefined && (
        <EventPanel project={project} event={event} onClose={() => open(undefined)} onOpen={open} />
      )}
      {isFiring && (
        <FireDialog
          project={project}
          provider={provider}
          onClose={() => setFiring(false)}
          onFired={id => {
            setFiring(false);
            open(id);
          }}
        />
      )}
    </>
  );
}

/** The ids that came in since the list was first shown with this filter. */
function useFresh(events: readonly IntegrationEvent[], filter: string): ReadonlySet<string> {
  const seen = useRef<{ filter: string; ids: Set<string> }>(undefined);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (events.length === 0 && seen.current === undefined) return;
    if (seen.current?.filter !== filter) {
      seen.current = { filter, ids: new Set(events.map(each => each.id)) };
      setFresh(new Set());
      return;
    }
    const { ids } = seen.current;
    const came = events.filter(each => !ids.has(each.id)).map(each => each.id);
    if (came.length === 0) return;
    for (const id of came) ids.add(id);
    setFresh(before => new Set([...before, ...came]));
  }, [events, filter]);
  return fresh;
}

function columnsFor(names: ReadonlyMap<string, string>): Columns<IntegrationEvent> {
  return [
    {
      id: 'type',
      header: 'Event',
      cell: ({ row: { original: event } }) => <EventLink event={event} />,
    },
    {
      id: 'stage',
      header: 'Stage',
      cell: ({ row: { original: event } }) => {
        const word = stageWord(event.stage);
        return <Badge tone={word.tone}>{word.text}</Badge>;
      },
    },
    {
      id: 'account',
      header: 'Account',
      cell: ({ row: { original: event } }) => names.get(event.integrationId) ?? event.provider,
    },
    {
      id: 'source',
      header: 'Source',
      cell: ({ row: { original: event } }) => (
        <span className="faint">
          {sourceWord(event.source)}
          {event.replayOf !== '' && ', replay'}
        </span>
      ),
    },
    {
      id: 'attempts',
      header: 'Attempts',
      cell: ({ row: { original: event } }) => event.sourceEvent?.attempts || '',
    },
    { id: 'time', header: 'Received', cell: ({ row: { original: event } }) => <Time at={event.receiveTime} /> },
  ];
}

function EventLink({ event }: { readonly event: IntegrationEvent }) {
  const navigate = route.useNavigate();
  return (
    <button
      type="button"
      className="link"
      onClick={() => void navigate({ search: before => ({ ...before, event: event.id }), resetScroll: false })}
    >
      {event.eventType}
    </button>
  );
}
