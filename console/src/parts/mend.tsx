import { useMutation } from '@connectrpc/connect-query';
import { Link } from '@tanstack/react-router';
import { IntegrationStatus } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import type { CauseDetail, Fix } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReadinessCause } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { problemOf } from '../rpc/problem.ts';
import { useRefresh } from '../rpc/refresh.ts';
import { useMay } from '../session/session.ts';
import { Button } from './button.tsx';
import { say } from './say.ts';

/** The button that mends something, where the page can and the caller may; else the setting, for who can. */
export function Mend({
  project,
  fix,
  look = 'plain',
}: {
  readonly project: string;
  readonly fix: Fix | undefined;
  readonly look?: 'plain' | 'primary';
}) {
  const may = useMay(project);
  if (fix === undefined) return null;
  if (fix.setting !== '') return <code className="setting">{fix.setting}</code>;
  const [, method = ''] = fix.method.split('/');
  const known = fix.arguments;
  const provider = known.provider ?? '';
  if (method === 'ConnectProvider' && may('integrations.manage') && provider !== '') {
    const integration = known.integration_id;
    return (
      <Link
        to="/projects/$project/providers/$provider"
        params={{ project, provider }}
        search={{ connect: integration ?? 'new' }}
        className={`button ${look}`}
      >
        {integration === undefined ? 'Connect' : 'Connect again'}
      </Link>
    );
  }
  if (method === 'UpdateIntegration' && known.status === 'ACTIVE' && may('integrations.manage')) {
    return <SwitchOn project={project} integration={known.integration ?? ''} look={look} />;
  }
  if (method === 'ReplayIntegrationEvents' && known.event_ids && may('events.manage')) {
    return (
      <Link
        to="/projects/$project/activity"
        params={{ project }}
        search={{ event: known.event_ids }}
        className={`button ${look}`}
      >
        To the event, to replay it
      </Link>
    );
  }
  if (method === 'GetIntegrationEvent' && known.event_id) {
    return (
      <Link
        to="/projects/$project/activity"
        params={{ project }}
        search={{ event: known.event_id }}
        className={`button ${look}`}
      >
        To the event
      </Link>
    );
  }
  if (method === 'GetProvider' && provider !== '') {
    return (
      <Link
        to="/projects/$project/providers/$provider"
        params={{ project, provider }}
        search={{ tab: 'events' }}
        className={`button ${look}`}
      >
        To the provider’s addresses
      </Link>
    );
  }
  return null;
}

function SwitchOn({
  project,
  integration,
  look,
}: {
  readonly project: string;
  readonly integration: string;
  readonly look: 'plain' | 'primary';
}) {
  const refresh = useRefresh();
  const update = useMutation(IntegrationService.method.updateIntegration, {
    onSuccess: () => {
      refresh();
      say('Switched on');
    },
    onError: error => say('It stays switched off', problemOf(error).message, 'bad'),
  });
  return (
    <Button
      look={look}
      busy={update.isPending}
      onClick={() => update.mutate({ project, integration, status: IntegrationStatus.ACTIVE })}
    >
      Switch on
    </Button>
  );
}

/** One cause, in the service's own words, with what mends it. */
export function Cause({ project, cause }: { readonly project: string; readonly cause: CauseDetail }) {
  return (
    <div className="cause">
      <p>
        {cause.message}{' '}
        {cause.cause === ReadinessCause.SCOPE_MISSING && cause.scopes.map(scope => <code key={scope}>{scope}</code>)}
      </p>
      <Mend project={project} fix={cause.fix} />
    </div>
  );
}
