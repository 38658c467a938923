import { readFileSync } from 'node:fs';
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { StatusSchema } from '../gen/google/rpc/status_pb.js';
import type { CallerName, Certificates } from '../src/dev/certificates.ts';

/** A caller over gRPC's own client and mutual TLS: what an executor is, and cheap enough to be a thousand of them. */
export type GrpcCaller = {
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    timeoutMs?: number,
  ): Promise<MessageShape<O>>;
  close(): void;
};

const defaultTimeoutMs = 60_000;

/** Opens a connection of its own. */
export function openGrpcCaller(address: string, { ca, clients }: Certificates, name: CallerName): GrpcCaller {
  const { cert, key } = clients[name];
  const identity = credentials.createSsl(readFileSync(ca), readFileSync(key), readFileSync(cert));
  const client = new Client(address, identity, {
    'grpc.use_local_subchannel_pool': 1,
    // The certificate is for the address too, but names alone may be asked for.
    'grpc.ssl_target_name_override': 'localhost',
  });
  return {
    call: (method, request, timeoutMs = defaultTimeoutMs) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          `/${method.parent.typeName}/${method.name}`,
          (message: MessageShape<typeof method.input>) => Buffer.from(toBinary(method.input, message)),
          (bytes: Buffer) => fromBinary(method.output, bytes),
          create(method.input, request),
          new Metadata(),
          { deadline: Date.now() + timeoutMs },
          (error: ServiceError | null, answer) => {
            if (error !== null) reject(asConnectError(error));
            else resolve(answer as MessageShape<typeof method.output>);
          },
        );
      }),
    close: () => client.close(),
  };
}

/** The same error as Connect's clients throw, with its details. */
function asConnectError({ code, details, metadata }: ServiceError): ConnectError {
  const error = new ConnectError(details, code as number);
  const [status] = metadata.get('grpc-status-details-bin');
  if (status instanceof Buffer) {
    error.details = fromBinary(StatusSchema, status).details.map(({ typeUrl, value }) => ({
      type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
      value,
    }));
  }
  return error;
}
