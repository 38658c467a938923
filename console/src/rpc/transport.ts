import type { Interceptor, Transport } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';

/** What tells our requests from those of other pages; see `src/console/same_origin.ts` of the service. */
export const pageHeader = { 'x-mobius-console': '1' } as const;

/** Calls the public services with the session of the browser. `onSignedOut` is told when there is none any more. */
export function openTransport(onSignedOut: () => void): Transport {
  const asPage: Interceptor = next => async request => {
    for (const [name, value] of Object.entries(pageHeader)) request.header.set(name, value);
    try {
      return await next(request);
    } catch (error) {
      if (ConnectError.from(error).code === Code.Unauthenticated) onSignedOut();
      throw error;
    }
  };
  return createConnectTransport({
    baseUrl: '/console/rpc',
    useBinaryFormat: true,
    interceptors: [asPage],
  });
}
