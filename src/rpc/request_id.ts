import { randomUUID } from 'node:crypto';
import { ConnectError, createContextKey, type Interceptor } from '@connectrpc/connect';

/** The id under which a call appears in our log and in the answer's `x-request-id`. */
export const requestIdKey = createContextKey('', { description: 'request id' });

/** Takes over the caller's `x-request-id` when it is a plain name, else makes one, and answers with it. */
export function nameRequest(): Interceptor {
  return next => async request => {
    const requestId = acceptRequestId(request.header.get('x-request-id'));
    request.contextValues.set(requestIdKey, requestId);
    try {
      const response = await next(request);
      response.header.set('x-request-id', requestId);
      return response;
    } catch (err) {
      if (err instanceof ConnectError) err.metadata.set('x-request-id', requestId);
      throw err;
    }
  };
}

export function acceptRequestId(given: string | null | undefined): string {
  return given && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
}
