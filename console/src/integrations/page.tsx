import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ConnectionState, type Provider } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { CapabilityKind, Readiness } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { Choice } from '../parts/choice.tsx';
import { LiveDot } from '../parts/live_dot.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { SearchField } from '../parts/text_field.tsx';
import { useProviders } from '../rpc/catalog.ts';
import { useLiveReadiness } from '../rpc/live.ts';
import { Head } from '../shell/head.tsx';
import { isInUse } from '../words/readiness.ts';
import { ProviderCard } from './provider_card.tsx';

const route = getRouteApi('/projects/$project/integrations');

type State = 'all' | 'connected' | 'attention' | 'available' | 'unavailable';

const states: readonly { readonly value: State; readonly label: string }[] = [
  { value: 'all', label: 'Any' },
  { value: 'connected', label: 'In use' },
  { value: 'attention', label: 'Needs attention' },
  { value: 'available', label: 'Not connected' },
  { value: 'unavailable', label: 'Unavailable' },
];

export function IntegrationsPage() {
  const { project } = route.useParams();
  const { q = '', state = 'all', category = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = (next: { q?: string; state?: string; category?: string }): void => {
    void navigate({ search: before => ({ ...before, ...next }), replace: true });
  };
  const query = useProviders(project);
  const live = useLiveReadiness(project, undefined, [CapabilityKind.PROVIDER]);
  const categories = useMemo(() => [...new Set((query.data ?? []).map(p => p.category))].toSorted(), [query.data]);
  return (
    <>
      <Head
        title="Integrations"
        about="What this project is connected to, and what it could be."
        actions={<LiveDot live={live} />}
      />
      <div className="filters">
        <SearchField label="Search providers" value={q} onChange={next => filter({ q: next })} />
        <Choice label="State" value={state} options={states} onChange={next => filter({ state: next })} />
        <Choice
          label="Category"
          value={category}
          options={[{ value: '', label: 'Any' }, ...categories.map(each => ({ value: each, label: each }))]}
          onChange={next => filter({ category: next })}
        />
      </div>
      <Loaded query={query} what="The providers" rows={6}>
        {providers => (
          <Groups
            project={project}
            providers={providers.filter(p => matches(p, q, state as State, category))}
            total={providers.length}
          />
        )}
      </Loaded>
    </>
  );
}

function Groups({
  project,
  providers,
  total,
}: {
  readonly project: string;
  readonly providers: readonly Provider[];
  readonly total: number;
}) {
  if (providers.length === 0) {
    return <Empty title="No provider matches">{`There are ${total}. Search for less, or choose any state.`}</Empty>;
  }
  const inUse = providers.filter(isInUse);
  const others = providers.filter(p => !isInUse(p));
  const groups = [
    { title: 'In use', list: inUse },
    { title: inUse.length > 0 ? 'More providers' : 'Providers', list: others },
  ];
  return groups
    .filter(({ list }) => list.length > 0)
    .map(({ title, list }) => (
      <section key={title} className="group">
        <h2 className="group-title">
          {title} <span className="count">{list.length}</span>
        </h2>
        <ul className="cards">
          {list.map(provider => (
            <li key={provider.id}>
              <ProviderCard project={project} provider={provider} />
            </li>
          ))}
        </ul>
      </section>
    ));
}

function matches(provider: Provider, q: string, state: State, category: string): boolean {
  const { connectionState, readiness } = provider;
  const isOurs = isInUse(provider);
  const isState =
    state === 'all' ||
    (state === 'connected' && isOurs) ||
    (state === 'attention' && isOurs && readiness !== Readiness.READY) ||
    (state === 'available' && !isOurs && connectionState === ConnectionState.NEEDS_SETUP) ||
    (state === 'unavailable' && connectionState === ConnectionState.UNAVAILABLE);
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${provider.id} ${provider.displayName} ${provider.description} ${provider.category}`.toLowerCase();
  return isState && (category === '' || provider.category === category) && words.every(word => text.includes(word));
}
