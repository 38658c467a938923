import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  DeliveryCause,
  type EndpointActivity,
  SubscriptionState,
} from '../../../gen/mobius/integrations/v1/event_pb.js';
import type {
  ExplainDeliveryResponse,
  ExplainedIntegration,
} from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationStatus } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Time } from '../parts/time.tsx';
import { causeOfStop } from '../words/event.ts';
import { statusWord } from '../words/integration.ts';
import { plain, readinessWord } from '../words/readiness.ts';

/** What stands around the question: the evidence, also where it is that nothing came. */
export function Surroundings({
  project,
  found,
}: {
  readonly project: string;
  readonly found: ExplainDeliveryResponse;
}) {
  const { endpoints, integrations, subscriptions, consumers, eventTypeReadiness: readiness } = found;
  return (
    <div className="evidence">
      {readiness !== undefined && (
        <Part title="The event type">
          <li>
            <code>{readiness.name}</code>{' '}
            <Badge tone={readinessWord(readiness.readiness).tone}>{readinessWord(readiness.readiness).text}</Badge>
            {readiness.causes.map(cause => (
              <p key={cause.cause}>{cause.message}</p>
            ))}
          </li>
        </Part>
      )}
      <Part title="Our addresses, in the last day" empty="No delivery has ever reached an address of this provider.">
        {endpoints.map(endpoint => (
          <Endpoint key={`${endpoint.provider}/${endpoint.endpoint}`} endpoint={endpoint} />
        ))}
      </Part>
      <Part title="Accounts it could have been for" empty="There is none: connect the provider.">
        {integrations.map(integration => (
          <Account
            key={integration.integrationId}
            project={project}
            provider={found.eventTypeReadiness?.provider}
            integration={integration}
          />
        ))}
      </Part>
      {subscriptions.length > 0 && (
        <Part title="Subscriptions">
          {subscriptions.map(each => (
            <li key={`${each.id}${each.target}`}>
              {each.target || each.id}{' '}
              <Badge tone={each.state === SubscriptionState.LAPSED ? 'bad' : 'good'}>
                {plain(SubscriptionState[each.state])}
              </Badge>
              {each.expireTime && (
                <p>
                  Runs out <Time at={each.expireTime} />
                </p>
              )}
            </li>
          ))}
        </Part>
      )}
      <Part title="Who takes such events" empty="No consumer asks for such events: nothing would start.">
        {consumers.map(each => (
          <li key={each.consumer}>
            <code>{each.consumer}</code>{' '}
            <Badge tone={each.streaming ? 'good' : 'warn'}>{each.streaming ? 'Streaming' : 'Away'}</Badge>
            <p>
              {each.pendingCount} waiting
              {!each.streaming && each.lastStreamTime && (
                <>
                  {' '}
                  · last here <Time at={each.lastStreamTime} />
                </>
              )}
            </p>
          </li>
        ))}
      </Part>
    </div>
  );
}

function Part({
  title,
  empty,
  children,
}: {
  readonly title: string;
  readonly empty?: string;
  readonly children: ReactNode;
}) {
  const isEmpty = Array.isArray(children) && children.length === 0;
  return (
    <section className="box">
      <h2 className="part-title">{title}</h2>
      {isEmpty ? <p className="faint">{empty}</p> : <ul className="plain-list stack tight">{children}</ul>}
    </section>
  );
}

function Endpoint({ endpoint }: { readonly endpoint: EndpointActivity }) {
  const { provider, endpoint: suffix, lastDeliveryTime, lastAcceptTime, rejectedCount, lastRejection } = endpoint;
  return (
    <li>
      <code>
        {provider}
        {suffix !== '' && `/${suffix}`}
      </code>
      <p>
        {lastDeliveryTime ? (
          <>
            Last delivery <Time at={lastDeliveryTime} />
          </>
        ) : (
          'Never saw a delivery'
        )}
        {lastAcceptTime && (
          <>
            {' '}
            · last accepted <Time at={lastAcceptTime} />
          </>
        )}
      </p>
      {rejectedCount > 0 && (
        <p className="bad-text">
          {rejectedCount} refused
          {lastRejection !== DeliveryCause.UNSPECIFIED && `, the last: ${causeOfStop(lastRejection).toLowerCase()}`}
        </p>
      )}
    </li>
  );
}

function Account({
  project,
  provider,
  integration,
}: {
  readonly project: string;
  readonly provider: string | undefined;
  readonly integration: ExplainedIntegration;
}) {
  const then = statusWord(integration.status);
  const now = statusWord(integration.currentStatus);
  return (
    <li>
      {provider ? (
        <Link to="/projects/$project/providers/$provider" params={{ project, provider }}>
          {integration.name}
        </Link>
      ) : (
        integration.name
      )}{' '}
      <Badge tone={now.tone}>{now.text}</Badge>
      <p>
        {integration.account?.label} <code className="faint">{integration.account?.id}</code>
        {integration.status !== IntegrationStatus.UNSPECIFIED &&
          then.text !== now.text &&
          ` · then: ${then.text.toLowerCase()}`}
      </p>
    </li>
  );
}
