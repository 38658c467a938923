import { create, type Message } from '@bufbuild/protobuf';
import type { HandlerContext, Interceptor, UnaryRequest, UnaryResponse } from '@connectrpc/connect';
import type { UnarySpec } from './methods.ts';

/** Calls the method through the interceptors. Rejects with what they throw. */
export type Invoke = (context: HandlerContext, message: Message) => Promise<UnaryResponse>;

/** A request that knows its call, so that the chain of interceptors is made once for the method. */
type Known = UnaryRequest & { readonly context: HandlerContext };

/** The same as Connect's own invocation, which makes the chain anew, and three objects of fields, for every call. */
export function createInvoke(spec: UnarySpec, interceptors: readonly Interceptor[]): Invoke {
  const { method, impl } = spec;
  const answer = async (request: UnaryRequest): Promise<UnaryResponse> => {
    const { message } = request;
    const context = contextOf(request as Known);
    return {
      stream: false,
      service: method.parent,
      method,
      header: context.responseHeader,
      trailer: context.responseTrailer,
      message: create(method.output, await impl(message, context)),
    };
  };
  const chain = interceptors.reduceRight<(request: UnaryRequest) => Promise<UnaryResponse>>(
    (next, interceptor) => interceptor(next as Parameters<Interceptor>[0]) as typeof next,
    answer,
  );
  return (context, message) => {
    const request: Known = {
      stream: false,
      service: method.parent,
      method,
      requestMethod: context.requestMethod,
      url: context.url,
      signal: context.signal,
      header: context.requestHeader,
      contextValues: context.values,
      message,
      context,
    };
    return chain(request);
  };
}

/** What interceptors put in place of a call's own goes to the method. */
function contextOf({ context, header, signal, contextValues }: Known): HandlerContext {
  const isOwn = header === context.requestHeader && signal === context.signal && contextValues === context.values;
  return isOwn ? context : { ...context, requestHeader: header, signal, values: contextValues };
}
