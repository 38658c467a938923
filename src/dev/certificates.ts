// The library's container looks for reflection metadata when it is loaded.
import 'reflect-metadata';
import { X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Paths of PEM files. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** The internal callers of development; the stranger's chain is as good as the others', and grants it nothing. */
export const callers = {
  executor: 'spiffe://mobius.dev/action-executor',
  trigger: 'spiffe://mobius.dev/trigger-engine',
  platform: 'spiffe://mobius.dev/platform-services',
  operator: 'spiffe://mobius.dev/operator',
  stranger: 'spiffe://mobius.dev/stranger',
} as const;
export type CallerName = keyof typeof callers;
const callerNames = Object.keys(callers) as CallerName[];

export type Certificates = {
  readonly ca: string;
  readonly server: KeyPair;
  readonly clients: Readonly<Record<CallerName, KeyPair>>;
};

const dayMs = 24 * 60 * 60 * 1000;
const lifetimeMs = 365 * dayMs;
const renewBeforeMs = 30 * dayMs;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * The certificates of development below `dir`, all made anew when one is missing or ends within 30 days. The key of the
 * authority is thrown away: nothing else can ever be signed with it.
 */
export async function openCertificates(dir: string, now: () => Date): Promise<Certificates> {
  const pair = (name: string): KeyPair => ({ cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) });
  const clients = Object.fromEntries(callerNames.map(name => [name, pair(name)])) as Record<CallerName, KeyPair>;
  const all: Certificates = { ca: join(dir, 'ca.pem'), server: pair('server'), clients };
  if (!isCurrent(all, now())) await make(all, dir, now());
  return all;
}

function isCurrent({ ca, server, clients }: Certificates, at: Date): boolean {
  const pairs = [server, ...Object.values(clients)];
  if (![ca, ...pairs.flatMap(({ cert, key }) => [cert, key])].every(path => existsSync(path))) return false;
  const authority = new NodeCertificate(readFileSync(ca));
  const lasts = (certificate: NodeCertificate): boolean =>
    certificate.validToDate.getTime() - at.getTime() > renewBeforeMs && certificate.validFromDate <= at;
  return pairs.every(({ cert }) => {
    const leaf = new NodeCertificate(readFileSync(cert));
    return lasts(leaf) && leaf.verify(authority.publicKey);
  });
}

async function make({ ca, server, clients }: Certificates, dir: string, at: Date): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const validity = { notBefore: new Date(at.getTime() - 5 * 60_000), notAfter: new Date(at.getTime() + lifetimeMs) };
  const authorityKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Mobius development CA',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const issue = async (path: KeyPair, subject: string, usage: string, names: x509.JsonGeneralNames): Promise<void> => {
    const keys = await newKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      ...validity,
      subject: `CN=${subject}`,
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        new x509.SubjectAlternativeNameExtension(names),
        await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      ],
    });
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const lines = key.match(/.{1,64}/g) ?? [];
    replaceFile(path.key, ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'), 0o600);
    replaceFile(path.cert, `${leaf.toString('pem')}\n`, 0o644);
  };
  await Promise.all([
    issue(server, 'localhost', x509.ExtendedKeyUsage.serverAuth, [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ]),
    ...callerNames.map(name =>
      issue(clients[name], name, x509.ExtendedKeyUsage.clientAuth, [{ type: 'url', value: callers[name] }]),
    ),
  ]);
  // Last: the leaves of a making that was cut short do not verify against the authority before.
  replaceFile(ca, `${authority.toString('pem')}\n`, 0o644);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function replaceFile(path: string, content: string, mode: number): void {
  writeFileSync(`${path}.new`, content, { mode });
  renameSync(`${path}.new`, path);
}
