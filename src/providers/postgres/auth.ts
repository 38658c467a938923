import { reveal } from '../../secret.ts';
import { ProviderError } from '../kit/error.ts';
import { form, secretField } from '../kit/form.ts';
import { noHeaders, secretOf } from '../kit/headers.ts';
import type { Identity, InlineCredential, ProviderCall } from '../provider.ts';

export const connectionString: InlineCredential = {
  mode: 'SERVICE_CREDENTIAL',
  authKind: 'CONNECTION_STRING',
  schema: form(['connection_string'], {
    connection_string: secretField(
      'Connection string',
      'postgresql://user:password@host:5432/database?sslmode=verify-full. It is read and not tried when it is saved.',
      { min: 16, max: 2_048, pattern: '^postgres(ql)?://[^\\s]+$' },
    ),
    ca_certificate: {
      type: 'string',
      title: 'CA certificate',
      description: 'PEM of the authority that the server’s certificate is signed by, where the public ones do not do.',
      minLength: 64,
      maxLength: 16_384,
      pattern: '^-----BEGIN CERTIFICATE-----',
    },
  }),
  headers: noHeaders,
  identify,
};

/** Source: postgresql.org/docs, connection strings. Nothing is asked: who may not is told by the executor’s first query. */
async function identify({ credential }: ProviderCall): Promise<Identity> {
  const text = reveal(secretOf(credential, 'connection_string'));
  const rejected = (why: string) => new ProviderError({ kind: 'rejected' }, new Error(`the connection string ${why}`));
  if (!URL.canParse(text)) throw rejected('is none');
  const url = new URL(text);
  const user = decoded(url.username);
  const database = decoded(url.pathname.slice(1)) || user;
  if (url.hostname === '' || user === '' || database.includes('/')) throw rejected('names no host, user or database');
  const port = url.port === '' ? '5432' : url.port;
  const sslmode = url.searchParams.get('sslmode') ?? 'prefer';
  if (!/^(disable|allow|prefer|require|verify-ca|verify-full)$/.test(sslmode)) throw rejected('has an unknown sslmode');
  return {
    account: { id: `${url.hostname}:${port}/${database}`, label: `${user}@${url.hostname}/${database}` },
    config: { host: url.hostname, port, database, user, sslmode },
  };
}

/** A part with broken escapes counts as empty: the parser’s own error would quote it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
