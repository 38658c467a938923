/**
 * What the action executor writes: get the credential for one step of a run, call the provider with it.
 *
 *     node --env-file=.data/dev.env examples/action-runner.ts CHANNEL TEXT [RUN_ID]
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { type Credential, CredentialService, ErrorInfoSchema, RetryInfoSchema } from '@mobius/integrations/contract';

const { MOBIUS_INTERNAL_ADDR, MOBIUS_CA, MOBIUS_EXECUTOR_CERT, MOBIUS_EXECUTOR_KEY, MOBIUS_PROJECT } = process.env;
const [channel = '', text = '', runId = 'run-example'] = process.argv.slice(2);
const attempts = 5;

/** Mutual TLS: the certificate's SPIFFE URI is who we are; there is no other login. */
const transport = createGrpcTransport({
  baseUrl: `https://${MOBIUS_INTERNAL_ADDR}`,
  nodeOptions: {
    ca: readFileSync(MOBIUS_CA!),
    cert: readFileSync(MOBIUS_EXECUTOR_CERT!),
    key: readFileSync(MOBIUS_EXECUTOR_KEY!),
  },
  defaultTimeoutMs: 10_000,
});
const credentials = createClient(CredentialService, transport);

/** Says what the credential is for and for which run: both stand in the audit record. Waits where the service asks to. */
async function resolve(purpose: string): Promise<Credential> {
  for (let attempt = 1; ; attempt++) {
    try {
      const provider = purpose.split('.')[0]!;
      const { credential } = await credentials.resolveCredential({
        project: MOBIUS_PROJECT,
        target: { case: 'provider', value: provider },
        purpose,
        runId,
        minValidity: { seconds: 120n },
      });
      return credential!;
    } catch (error) {
      if (!(error instanceof ConnectError) || error.code !== Code.Unavailable || attempt === attempts) throw error;
      const [retry] = error.findDetails(RetryInfoSchema);
      await delay(retry?.retryDelay ? durationMs(retry.retryDelay) : 250 * 2 ** attempt);
    }
  }
}

/** `headers` are complete with the secret and go to `allowed_hosts` only. Nothing of either is ever logged. */
async function call(credential: Credential, path: string, body: object): Promise<Record<string, unknown>> {
  const url = new URL(`${credential.apiBaseUrl}${path}`);
  if (!credential.allowedHosts.includes(url.host)) throw new Error(`the credential is not for ${url.host}`);
  const headers = { ...credential.headers, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'error' });
  return (await answer.json()) as Record<string, unknown>;
}

try {
  const credential = await resolve('slack.message.post');
  const { ok, ts, error } = await call(credential, '/chat.postMessage', { channel, text });
  if (ok !== true) throw new Error(`Slack answered ${error}`);
  console.log(JSON.stringify({ posted: ts, account: credential.account?.label, lease: credential.leaseId, runId }));
} catch (error) {
  if (!(error instanceof ConnectError)) throw error;
  // FAILED_PRECONDITION: the run cannot go on until somebody mends the cause, such as NOT_CONFIGURED or EXPIRED.
  const [info] = error.findDetails(ErrorInfoSchema);
  console.error(`${Code[error.code]} ${info?.reason}: ${error.rawMessage} ${JSON.stringify(info?.metadata)}`);
  process.exitCode = error.code;
}
