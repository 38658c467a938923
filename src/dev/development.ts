import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessFile } from './access.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import { type Issuer, openIssuer } from './issuer.ts';
import { consoleClientId } from './sign_in.ts';

export type Development = {
  readonly certificates: Certificates;
  readonly issuer: Issuer;
  /** The service's environment variables that name keys and files. */
  readonly environment: Readonly<Record<string, string>>;
};

/** What production is given from outside, made below `dir` where it is missing: keyring, access list, certificates, issuer. */
export async function openDevelopment(dir: string, now: () => Date, issuerUrl?: string): Promise<Development> {
  mkdirSync(dir, { recursive: true });
  const keyring = join(dir, 'keyring.json');
  const key = randomBytes(32).toString('base64');
  writeOnce(keyring, JSON.stringify({ active: 'dev-1', keys: { 'dev-1': key } }), 0o600);
  const access = join(dir, 'access.yaml');
  writeOnce(access, accessFile(), 0o644);
  const certificates = await openCertificates(dir, now);
  const issuer = await openIssuer(dir, now, issuerUrl);
  const sessionKey = join(dir, 'console_session.key');
  writeOnce(sessionKey, randomBytes(32).toString('base64url'), 0o600);
  return {
    certificates,
    issuer,
    environment: {
      MOBIUS_KEYRING: keyring,
      MOBIUS_ACCESS_FILE: access,
      MOBIUS_INTERNAL_TLS_CERT: certificates.server.cert,
      MOBIUS_INTERNAL_TLS_KEY: certificates.server.key,
      MOBIUS_INTERNAL_CLIENT_CA: certificates.ca,
      MOBIUS_ISSUER: issuer.url,
      MOBIUS_AUDIENCE: issuer.audience,
      MOBIUS_JWKS: issuer.jwks,
      MOBIUS_CONSOLE_CLIENT_ID: consoleClientId,
      MOBIUS_CONSOLE_SESSION_KEY: readFileSync(sessionKey, 'utf8'),
    },
  };
}

function writeOnce(path: string, content: string, mode: number): void {
  if (!existsSync(path)) writeFileSync(path, content, { mode, flag: 'wx' });
}
