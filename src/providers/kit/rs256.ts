import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { reveal, Secret } from '../../secret.ts';
import { ProviderError } from './error.ts';

/** A JWT signed with RS256, `issuedAt` and `expires` in it. PKCS#1 and PKCS#8 keys. Throws `refused` for a key that is none. */
export async function signRs256(
  privateKey: Secret,
  claims: Readonly<Record<string, string>>,
  validity: { readonly issued: Date; readonly expires: Date; readonly keyId?: string },
): Promise<Secret> {
  const header = { alg: 'RS256', typ: 'JWT', ...(validity.keyId !== undefined && { kid: validity.keyId }) };
  const jwt = await new SignJWT({ ...claims })
    .setProtectedHeader(header)
    .setIssuedAt(validity.issued)
    .setExpirationTime(validity.expires)
    .sign(keyOf(privateKey));
  return new Secret(jwt);
}

/** The parser's own error is left out: it may quote the key. */
function keyOf(privateKey: Secret): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(reveal(privateKey));
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return key;
  throw new ProviderError({ kind: 'refused' }, new Error('private key is not an RSA key of 2048 bits or more'));
}
