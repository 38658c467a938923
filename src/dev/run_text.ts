import { relative } from 'node:path';
import type { Addresses } from '../server.ts';
import type { Variables } from './env_file.ts';

/** A credential to ask for in the lines to paste: one that is there without connecting, and an action that uses it. */
export type ResolveExample = { readonly provider: string; readonly purpose: string };

/** What a person reads when everything stands: where it is, and lines to paste. */
export function describeRun(
  variables: Variables,
  envFile: string,
  addresses: Addresses,
  page: string | undefined,
  example: ResolveExample,
): string {
  const catalog = 'mobius.integrations.v1.CatalogService/ListProviders';
  const audit = 'mobius.integrations.v1.AuditService/ListAuditRecords';
  const body = `-d '{"project":"${variables.MOBIUS_PROJECT}"}'`;
  const bearer = '-H "authorization: Bearer $MOBIUS_TOKEN"';
  const executor = '-cacert $MOBIUS_CA -cert $MOBIUS_EXECUTOR_CERT -key $MOBIUS_EXECUTOR_KEY';
  const resolve = `-d '${JSON.stringify({ project: variables.MOBIUS_PROJECT, ...example, run_id: 'run-1' })}'`;
  return `
  edge      ${addresses.edge}
  rpc       ${addresses.rpc} (h2c)
  internal  ${addresses.internal} (mutual TLS)
  metrics   http://${addresses.metrics}/metrics
  database  ${withoutPassword(variables.DATABASE_URL ?? '')}
  sandbox   ${sandboxLine(variables.MOBIUS_SANDBOX_URL)}
  console   ${page ?? 'off'}

To paste into another terminal here, the first line first:

  set -a; . ${sourceable(envFile)}; set +a

  npx mobius integrations list
  curl ${bearer} $MOBIUS_EDGE_URL/v1/projects/$MOBIUS_PROJECT/integrations/providers
  grpcurl -plaintext $MOBIUS_RPC_ADDR list
  grpcurl -plaintext ${bearer} ${body} $MOBIUS_RPC_ADDR ${catalog}
  grpcurl ${executor} ${resolve} $MOBIUS_INTERNAL_ADDR mobius.integrations.internal.v1.CredentialService/ResolveCredential
  grpcurl -plaintext ${bearer} ${body} $MOBIUS_RPC_ADDR ${audit}
${
  page === undefined
    ? ''
    : `
  Open ${page} in a browser: one click signs in.
`
}
Ready. Ctrl-C stops it.
`;
}

function sandboxLine(url: string | undefined): string {
  return url === undefined ? 'off' : `${url}/ (how to connect each provider, and a button for each delivery)`;
}

/** As short as it goes for one who pastes where we run. A shell looks for a name without a slash elsewhere. */
function sourceable(path: string): string {
  const short = relative(process.cwd(), path);
  const shown = short.startsWith('..') ? path : `./${short}`;
  return /^[\w./:@%+,-]+$/.test(shown) ? shown : JSON.stringify(shown);
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
