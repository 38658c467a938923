import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';

/**
 * The baseline: a bare @grpc/grpc-js server with one unary method that answers a fixed message. Under TLS where
 * ECHO_TLS_CERT says so, with the caller's certificate asked for as the service does.
 */
const environment = process.env;
const answer = readFileSync(environment.ECHO_ANSWER_FILE ?? '');
const server = new Server();
const bytes = (value: Buffer): Buffer => value;
server.addService(
  {
    echo: {
      path: environment.ECHO_PATH ?? '',
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  },
  {
    echo: (_call: unknown, callback: (error: null, value: Buffer) => void) => callback(null, answer),
  },
);
const pem = (name: string): Buffer => readFileSync(environment[name] ?? '');
const credentials =
  environment.ECHO_TLS_CERT === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(
        pem('ECHO_TLS_CA'),
        [{ cert_chain: pem('ECHO_TLS_CERT'), private_key: pem('ECHO_TLS_KEY') }],
        true,
      );
server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
  if (error) throw error;
  process.send?.({ port });
});
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
