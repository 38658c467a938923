import { createClient } from '@connectrpc/connect';
import { createConnectQueryKey, useTransport } from '@connectrpc/connect-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import type { CapabilityKind } from '../../../gen/mobius/integrations/v1/readiness_pb.js';

export type Live = 'opening' | 'open' | 'broken';
const againMs = 2_000;

/**
 * Keeps the catalog and the integrations in step with the service while the page is to be seen: a browser has six
 * connections to us, so a page in the background holds none.
 */
export function useLiveReadiness(
  project: string,
  provider: string | undefined,
  kinds: readonly CapabilityKind[],
): Live {
  const transport = useTransport();
  const queries = useQueryClient();
  const [live, setLive] = useState<Live>('opening');
  const isVisible = useVisible();
  const wanted = kinds.join();
  useEffect(() => {
    if (!isVisible) return;
    const stop = new AbortController();
    const refresh = (): void => {
      for (const schema of [CatalogService, IntegrationService]) {
        void queries.invalidateQueries({ queryKey: createConnectQueryKey({ schema, cardinality: undefined }) });
      }
    };
    const watch = async (): Promise<void> => {
      const client = createClient(CatalogService, transport);
      let isFirst = true;
      while (!stop.signal.aborted) {
        try {
          const request = {
            project,
            providers: provider === undefined ? [] : [provider],
            kinds: wanted.split(',').map(Number),
          };
          for await (const { snapshot } of client.watchReadiness(request, { signal: stop.signal })) {
            setLive('open');
            // The first snapshot is what the queries have just asked for; one after a break may tell of what was missed.
            if (!snapshot || !isFirst) refresh();
            isFirst = false;
          }
        } catch {
          // Every other call of the page says why; here only that it is not live.
        }
        if (stop.signal.aborted) return;
        setLive('broken');
        await new Promise(resolve => setTimeout(resolve, againMs));
      }
    };
    void watch();
    return () => stop.abort();
  }, [transport, queries, project, provider, wanted, isVisible]);
  return live;
}

export function useVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const onChange = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  return isVisible;
}
