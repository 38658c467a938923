import { createConnectQueryKey } from '@connectrpc/connect-query';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { ReferenceService } from '../../../gen/mobius/integrations/v1/reference_service_pb.js';

/** After a change: what is on the page is asked for anew. */
export function useRefresh(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    for (const schema of [CatalogService, IntegrationService, EventService, ReferenceService]) {
      void queries.invalidateQueries({ queryKey: createConnectQueryKey({ schema, cardinality: undefined }) });
    }
  }, [queries]);
}
