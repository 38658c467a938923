import { useInfiniteQuery } from '@connectrpc/connect-query';
import { useEffect, useMemo } from 'react';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { EventService } from '../../../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { RuntimeState } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceService } from '../../../gen/mobius/integrations/v1/reference_service_pb.js';

/** Every provider of the catalog, page after page. `data` is there when all are. */
export function useProviders(project: string) {
  const query = useInfiniteQuery(
    CatalogService.method.listProviders,
    { project, pageSize: 200, pageToken: '' },
    { pageParamKey: 'pageToken', getNextPageParam: page => page.nextPageToken || undefined },
  );
  useRest(query);
  const data = useMemo(
    () => (query.hasNextPage ? undefined : query.data?.pages.flatMap(page => page.providers)),
    [query.data, query.hasNextPage],
  );
  return { ...query, data };
}

/** The project's integrations; of one provider, where it is named. */
export function useIntegrations(project: string, provider = '') {
  const query = useInfiniteQuery(
    IntegrationService.method.listIntegrations,
    { project, provider, pageSize: 200, pageToken: '' },
    { pageParamKey: 'pageToken', getNextPageParam: page => page.nextPageToken || undefined },
  );
  useRest(query);
  const data = useMemo(() => query.data?.pages.flatMap(page => page.integrations), [query.data]);
  return { ...query, data };
}

/** Every sample of the providers; of one, where it is named. `data` is there when all are. */
export function useSamples(project: string, provider: string) {
  const query = useInfiniteQuery(
    EventService.method.listEventSamples,
    { project, provider, pageSize: 200, pageToken: '' },
    { pageParamKey: 'pageToken', getNextPageParam: page => page.nextPageToken || undefined, staleTime: 300_000 },
  );
  useRest(query);
  const data = useMemo(
    () => (query.hasNextPage ? undefined : query.data?.pages.flatMap(page => page.samples)),
    [query.data, query.hasNextPage],
  );
  return { ...query, data };
}

/** Every reference type that is implemented. `data` is there when all are. */
export function useReferenceTypes(project: string) {
  const query = useInfiniteQuery(
    ReferenceService.method.listReferenceTypes,
    { project, pageSize: 200, pageToken: '' },
    { pageParamKey: 'pageToken', getNextPageParam: page => page.nextPageToken || undefined },
  );
  useRest(query);
  const data = useMemo(() => {
    const all = query.data?.pages.flatMap(page => page.referenceTypes);
    return query.hasNextPage ? undefined : all?.filter(each => each.runtimeState !== RuntimeState.PLANNED);
  }, [query.data, query.hasNextPage]);
  return { ...query, data };
}

function useRest(query: {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly fetchNextPage: () => unknown;
}): void {
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
}
