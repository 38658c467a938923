import { Tabs } from '@base-ui/react/tabs';
import { useQuery } from '@connectrpc/connect-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  CatalogView,
  ConnectionState,
  ConnectMode,
  type Provider,
} from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import type { Integration } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { CapabilityKind, Readiness } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { ExternalIcon } from '../parts/icons.tsx';
import { LiveDot } from '../parts/live_dot.tsx';
import { Logo } from '../parts/logo.tsx';
import { Cause } from '../parts/mend.tsx';
import { Notice } from '../parts/notice.tsx';
import { Prose } from '../parts/prose.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { useIntegrations } from '../rpc/catalog.ts';
import { useLiveReadiness } from '../rpc/live.ts';
import { useMay } from '../session/session.ts';
import { Head } from '../shell/head.tsx';
import { standingWord } from '../words/readiness.ts';
import { AccountCard } from './account_card.tsx';
import { Actions, Addresses, Events, References } from './capabilities.tsx';
import { ConnectDialog } from './connect_dialog.tsx';
import { DeleteDialog } from './delete_dialog.tsx';
import { ReturnNotice } from './return_notice.tsx';

const route = getRouteApi('/projects/$project/providers/$provider');
const kinds = [
  CapabilityKind.PROVIDER,
  CapabilityKind.EVENT_TYPE,
  CapabilityKind.ACTION,
  CapabilityKind.REFERENCE_TYPE,
];

export function ProviderPage() {
  const { project, provider: id } = route.useParams();
  const live = useLiveReadiness(project, id, kinds);
  const provider = useQuery(CatalogService.method.getProvider, { project, provider: id, view: CatalogView.FULL });
  const integrations = useIntegrations(project, id);
  return (
    <>
      <nav aria-label="Way here" className="crumbs">
        <Link to="/projects/$project/integrations" params={{ project }}>
          Integrations
        </Link>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{provider.data?.provider?.displayName ?? id}</span>
        <LiveDot live={live} />
      </nav>
      <Loaded query={provider} what="The provider" rows={5}>
        {({ provider: found }) =>
          found === undefined ? null : (
            <Loaded query={integrations} what="Its accounts" rows={3}>
              {list => <Found project={project} provider={found} integrations={list} />}
            </Loaded>
          )
        }
      </Loaded>
    </>
  );
}

function Found({
  project,
  provider,
  integrations,
}: {
  readonly project: string;
  readonly provider: Provider;
  readonly integrations: readonly Integration[];
}) {
  const { tab = 'accounts', connect } = route.useSearch();
  // Here, not at the account: what is left to do after a deletion is told when the account is gone.
  const [deleting, setDeleting] = useState<Integration>();
  const navigate = route.useNavigate();
  const may = useMay(project);
  const word = standingWord(provider);
  const isConnectable = provider.authKinds.some(way => way.connectMode !== ConnectMode.BUILT_IN);
  const canConnect =
    may('integrations.manage') && isConnectable && provider.connectionState !== ConnectionState.UNAVAILABLE;
  const setConnect = (next: string | undefined): void => {
    void navigate({
      search: ({ connect: _, ...rest }) => (next === undefined ? rest : { ...rest, connect: next }),
      replace: true,
    });
  };
  const again = integrations.find(each => each.id === connect);
  const causes =
    provider.readiness === Readiness.READY
      ? []
      : provider.causes.filter(
          cause => cause.integrationId === '' || !integrations.some(i => i.id === cause.integrationId),
        );
  const tabs = [
    { id: 'accounts', text: 'Accounts', count: integrations.length },
    { id: 'events', text: 'Events', count: provider.eventTypes.length },
    { id: 'actions', text: 'Actions', count: provider.actions.length },
    { id: 'references', text: 'References', count: provider.referenceTypes.length },
  ].filter(each => each.id === 'accounts' || each.count > 0);
  return (
    <>
      <Head
        title={provider.displayName}
        before={<Logo provider={provider.id} name={provider.displayName} size={44} />}
        about={
          <>
            <Prose text={provider.description} />{' '}
            {provider.docsUrl !== '' && (
              <a href={provider.docsUrl} target="_blank" rel="noreferrer noopener" className="outside">
                Documentation <ExternalIcon size={12} />
                <span className="unseen"> (opens in a new tab)</span>
              </a>
            )}
          </>
        }
        actions={
          <>
            <Badge tone={word.tone}>{word.text}</Badge>
            {canConnect && (
              <Button look={integrations.length === 0 ? 'primary' : 'plain'} onClick={() => setConnect('new')}>
                {integrations.length === 0 ? 'Connect' : 'Connect another account'}
              </Button>
            )}
          </>
        }
      />
      <ReturnNotice project={project} provider={provider} />
      {integrations.length > 0 || provider.connectionState !== ConnectionState.NEEDS_SETUP
        ? causes.map(cause => (
            <Notice key={`${cause.cause}${cause.integrationId}`} tone="warn">
              <Cause project={project} cause={cause} />
            </Notice>
          ))
        : null}
      <Tabs.Root
        value={tabs.some(each => each.id === tab) ? tab : 'accounts'}
        onValueChange={next => void navigate({ search: before => ({ ...before, tab: String(next) }), replace: true })}
      >
        <Tabs.List className="tabs" activateOnFocus>
          {tabs.map(({ id, text, count }) => (
            <Tabs.Tab key={id} value={id} className="tab">
              {text} <span className="count">{count}</span>
            </Tabs.Tab>
          ))}
          <Tabs.Indicator className="tab-line" />
        </Tabs.List>
        <Tabs.Panel value="accounts" className="panel">
          {integrations.length === 0 ? (
            <NoAccounts provider={provider} onConnect={canConnect ? () => setConnect('new') : undefined} />
          ) : (
            <ul className="accounts">
              {integrations.map(integration => (
                <li key={integration.id}>
                  <AccountCard
                    project={project}
                    provider={provider}
                    integration={integration}
                    onConnectAgain={() => setConnect(integration.id)}
                    onDelete={() => setDeleting(integration)}
                  />
                </li>
              ))}
            </ul>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="events" className="panel">
          <Addresses provider={provider} />
          <Events project={project} provider={provider} />
        </Tabs.Panel>
        <Tabs.Panel value="actions" className="panel">
          <Actions project={project} provider={provider} />
        </Tabs.Panel>
        <Tabs.Panel value="references" className="panel">
          <References project={project} provider={provider} />
        </Tabs.Panel>
      </Tabs.Root>
      {deleting !== undefined && (
        <DeleteDialog project={project} integration={deleting} onClose={() => setDeleting(undefined)} />
      )}
      {connect !== undefined && canConnect && (connect === 'new' || again !== undefined) && (
        <ConnectDialog project={project} provider={provider} again={again} onClose={() => setConnect(undefined)} />
      )}
    </>
  );
}

function NoAccounts({
  provider,
  onConnect,
}: {
  readonly provider: Provider;
  readonly onConnect: (() => void) | undefined;
}) {
  if (provider.connectionState === ConnectionState.BUILT_IN) {
    return <Empty title="Nothing to connect">It works without a credential of the project’s own.</Empty>;
  }
  if (provider.connection?.platformCredential) {
    return (
      <Empty
        title="No account of the project’s own"
        action={onConnect && <Button onClick={onConnect}>Connect an account</Button>}
      >
        Calls use the platform’s credential until you connect one.
      </Empty>
    );
  }
  return (
    <Empty
      title="No account yet"
      action={
        onConnect && (
          <Button look="primary" onClick={onConnect}>
            Connect {provider.displayName}
          </Button>
        )
      }
    >
      {onConnect === undefined
        ? 'Somebody who manages this project’s integrations can connect one.'
        : 'Automations can use it as soon as one is connected.'}
    </Empty>
  );
}
