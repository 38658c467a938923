import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

export type TokenRequest = {
  readonly subject: string;
  /** The claim that grants refer to with `projects: {claim: projects}`. */
  readonly projects: readonly string[];
  /** Default: an hour. */
  readonly lifetimeSeconds?: number;
  readonly audience?: string;
  /** Beyond those every token has. */
  readonly claims?: Readonly<Record<string, unknown>>;
};

export type Issuer = {
  readonly url: string;
  readonly audience: string;
  /** Path of the key set. */
  readonly jwks: string;
  issueToken(request: TokenRequest): Promise<string>;
};

/** The issuer of development: its key and key set lie below `dir`, made once. `url` is where it can be asked, if anywhere. */
export async function openIssuer(dir: string, now: () => Date, url = 'https://issuer.mobius.test'): Promise<Issuer> {
  const keyFile = join(dir, 'issuer.key.json');
  const jwks = join(dir, 'jwks.json');
  if (!existsSync(keyFile)) {
    mkdirSync(dir, { recursive: true });
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    writeFileSync(keyFile, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  }
  const { d, ...shown } = JSON.parse(readFileSync(keyFile, 'utf8')) as JWK;
  const kid = await calculateJwkThumbprint(shown);
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...shown, kid, alg: 'ES256', use: 'sig' }] }));
  const key = await importJWK({ ...shown, d }, 'ES256');
  const audience = 'mobius-integrations';
  return {
    url,
    audience,
    jwks,
    issueToken(request) {
      const issuedSeconds = Math.floor(now().getTime() / 1000);
      return new SignJWT({ projects: [...request.projects], ...request.claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
        .setIssuer(url)
        .setAudience(request.audience ?? audience)
        .setSubject(request.subject)
        .setJti(randomUUID())
        .setIssuedAt(issuedSeconds)
        .setExpirationTime(issuedSeconds + (request.lifetimeSeconds ?? 3_600))
        .sign(key);
    },
  };
}
