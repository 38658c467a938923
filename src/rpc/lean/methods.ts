import type { DescMethodUnary } from '@bufbuild/protobuf';
import { type ConnectRouter, createServiceImplSpec, type MethodImplSpec } from '@connectrpc/connect';
import { createMethodUrl } from '@connectrpc/connect/protocol';
import { maxReadBytes } from '../limits.ts';

export type UnarySpec = MethodImplSpec & { readonly kind: 'unary'; readonly method: DescMethodUnary };

export type LeanMethod = { readonly spec: UnarySpec; readonly readMaxBytes: number };

/** The same routes, noting the unary methods by path on their way to the router. */
export function noteUnary(routes: (router: ConnectRouter) => void): {
  readonly routes: (router: ConnectRouter) => void;
  readonly methods: ReadonlyMap<string, LeanMethod>;
} {
  const methods = new Map<string, LeanMethod>();
  return {
    methods,
    routes: router => {
      const noting: ConnectRouter = {
        handlers: router.handlers,
        service: (service, implementation, options) => {
          router.service(service, implementation, options);
          for (const spec of Object.values(createServiceImplSpec(service, implementation).methods)) {
            if (!isUnary(spec)) continue;
            const readMax = options?.readMaxBytes ?? maxReadBytes;
            methods.set(createMethodUrl('/', spec.method), { spec, readMaxBytes: readMax });
          }
          return noting;
        },
        rpc: (method, implementation, options) => {
          router.rpc(method, implementation, options);
          return noting;
        },
      };
      routes(noting);
    },
  };
}

const isUnary = (spec: MethodImplSpec): spec is UnarySpec => spec.kind === 'unary';
