import type { DescService } from '@bufbuild/protobuf';
import type { Interceptor, StreamRequest, UnaryRequest } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { IntegrationError } from '../errors.ts';
import { type Caller, callerKey } from './caller.ts';
import { TokenRefused, type TokenVerifier } from './token.ts';

type Request = UnaryRequest | StreamRequest;
type FindCaller = (request: Request) => Caller | undefined | Promise<Caller | undefined>;

const openServices = new Set([
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
]);

/** Health and reflection are open to anyone who reaches the listener: they tell whether it serves, and its public contract. */
export const isOpenService = (service: DescService) => openServices.has(service.typeName);

/**
 * Puts the caller under callerKey, or answers UNAUTHENTICATED CALLER_UNKNOWN. `listener` is told in the answer. Where the caller is
 * known at once nothing is waited for.
 */
export function identify(listener: 'rpc' | 'edge' | 'internal', find: FindCaller): Interceptor {
  return next => request => {
    if (isOpenService(request.service)) return next(request);
    const admit = (caller: Caller | undefined) => {
      if (caller === undefined) throw unknown(listener);
      request.contextValues.set(callerKey, caller);
      return next(request);
    };
    const found = find(request);
    if (!(found instanceof Promise)) return admit(found);
    return found
      .catch((cause: unknown) => {
        throw cause instanceof TokenRefused ? unknown(listener, cause) : cause;
      })
      .then(admit);
  };
}

function unknown(listener: string, refused?: TokenRefused): IntegrationError {
  const needed = listener === 'internal' ? 'a certificate with a SPIFFE ID' : 'a bearer token';
  const message = refused === undefined ? `the call needs ${needed}` : 'the token is not valid here';
  return new IntegrationError('CALLER_UNKNOWN', { listener }, { message, cause: refused });
}

/** The caller that the adapter's context values hold: the internal listener, see certificateContext. */
export const fromCertificate: FindCaller = request => request.contextValues.get(callerKey);

/**
 * The caller of the token in `authorization: Bearer`: rpc and edge. When the issuer's keys cannot be had the call is
 * refused as UNAVAILABLE, because the token may be good.
 */
export function fromBearer(verify: TokenVerifier, log: Pick<Logger, 'error'>): FindCaller {
  return async request => {
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.header.get('authorization') ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      return await verify(token);
    } catch (err) {
      if (err instanceof TokenRefused) throw err;
      log.error({ err }, 'the issuer cannot be asked for its keys');
      throw new IntegrationError('ISSUER_UNAVAILABLE', {}, { cause: err, retryDelayMs: 1_000 });
    }
  };
}
