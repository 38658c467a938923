import { useQuery } from '@connectrpc/connect-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Provider } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Button } from '../parts/button.tsx';
import { CloseIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { sentence } from '../rpc/problem.ts';

const route = getRouteApi('/projects/$project/providers/$provider');

/** How it went at the provider's own pages, after one came back from there. */
export function ReturnNotice({ project, provider }: { readonly project: string; readonly provider: Provider }) {
  const { connect_session: session, connect_status: status } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(
    IntegrationService.method.getConnectSession,
    { project, session: session ?? '' },
    { enabled: session !== undefined },
  );
  if (session === undefined) return null;
  const close = (): void => {
    void navigate({
      search: ({ connect_session: _, connect_status: __, connect_error: ___, ...rest }) => rest,
      replace: true,
    });
  };
  const action = (
    <Button look="quiet" className="square" aria-label="Close" onClick={close}>
      <CloseIcon />
    </Button>
  );
  if (status === 'completed') {
    return (
      <Notice tone="good" title={`${provider.displayName} is connected`} action={action}>
        Its events and actions can be used from now on.
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title={`${provider.displayName} was not connected`} action={action}>
      {query.data?.session?.errorMessage
        ? sentence(query.data.session.errorMessage)
        : 'Nothing was stored. Try it again.'}
    </Notice>
  );
}
