import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as Pkcs11 from 'pkcs11js';
import { reveal, Secret } from '../secret.ts';
import { wrapContext } from './cipher.ts';
import { type Keyring, type KeyringWorld, keyringAway } from './keyring.ts';
import { loadOptional } from './optional_package.ts';

const expected = 'pkcs11:token=LABEL;object=KEY?module-path=/path/to/module.so&pin-source=file:/path/to/pin';

type Place = { token: string; object: string; module: string; pinSource: string | undefined };
type Session = { handle: Buffer; key: Buffer };

/**
 * A key of a PKCS#11 token, by its URI (RFC 7512): AES-GCM with associated data, done by the token on a key that cannot
 * be taken out of it. The PIN comes from `pin-source` or the environment, never from the URI.
 */
export async function openPkcs11(url: string, world: KeyringWorld): Promise<Keyring> {
  const place = readPlace(url);
  const loaded = await loadOptional<typeof Pkcs11 & { default?: typeof Pkcs11 }>('pkcs11js', 'pkcs11:');
  const p11 = loaded.default ?? loaded;
  const pin = readPin(place, world);
  const token = new p11.PKCS11();
  token.load(place.module);
  tolerate(() => token.C_Initialize(), p11.CKR_CRYPTOKI_ALREADY_INITIALIZED);
  let session: Session | undefined = openSession(p11, token, place, pin);
  let turn: Promise<unknown> = Promise.resolve();
  const id = `pkcs11:${place.token}/${place.object}`;
  const mechanism = (iv: Buffer, context: string): Pkcs11.Mechanism => ({
    mechanism: p11.CKM_AES_GCM,
    parameter: {
      type: p11.CK_PARAMS_AES_GCM,
      iv,
      aad: wrapContext(id, context),
      ivBits: iv.length * 8,
      tagBits: 128,
    } as Pkcs11.AesGCM,
  });
  const encrypt = async ({ handle, key }: Session, plain: Buffer, context: string): Promise<Buffer> => {
    const iv = randomBytes(12);
    token.C_EncryptInit(handle, mechanism(iv, context), key);
    return Buffer.concat([iv, await token.C_EncryptAsync(handle, plain, Buffer.alloc(plain.length + 32))]);
  };
  const decrypt = ({ handle, key }: Session, sealed: Buffer, context: string): Promise<Buffer> => {
    token.C_DecryptInit(handle, mechanism(sealed.subarray(0, 12), context), key);
    return token.C_DecryptAsync(handle, sealed.subarray(12), Buffer.alloc(sealed.length));
  };
  const works = async (): Promise<boolean> => {
    try {
      session = openSession(p11, token, place, pin);
      const plain = randomBytes(32);
      return (await decrypt(session, await encrypt(session, plain, 'works'), 'works')).equals(plain);
    } catch {
      // What failed first is what is told.
      return false;
    }
  };

  // One operation at a time a session. A session that was lost is opened anew, once.
  const run = <T>(operate: (open: Session) => Promise<T>, mayRefuse: boolean): Promise<T> => {
    const mine = turn.then(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          session ??= openSession(p11, token, place, pin);
          return await operate(session);
        } catch (error) {
          if (isRefusedData(p11, error)) throw new Error('the token does not open these bytes', { cause: error });
          closeSession(token, session);
          session = undefined;
          if (attempt < 2) continue;
          // Some tokens have no better word for it: whether it works otherwise tells bad bytes from a bad token.
          if (mayRefuse && (await works())) throw new Error('the token does not open these bytes', { cause: error });
          throw keyringAway(error);
        }
      }
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    backend: 'pkcs11',
    active: id,
    keys: [id],
    wrap: (dataKey, context) => run(open => encrypt(open, dataKey, context), false),
    unwrap: async (keyId, wrapped, context) => {
      if (keyId !== id) throw new Error(`the keyring has no key ${keyId}`);
      if (wrapped.length < 28) throw new Error('wrapped bytes are too short');
      return run(open => decrypt(open, Buffer.from(wrapped), context), true);
    },
    close: () => {
      closeSession(token, session);
      session = undefined;
    },
  };
}

function readPlace(url: string): Place {
  const [path = '', query = ''] = url.slice('pkcs11:'.length).split('?');
  const parts = [...path.split(';'), ...query.split('&')].filter(Boolean).map(part => {
    const [name = '', value = ''] = part.split('=', 2);
    return [name, decodeURIComponent(value)] as const;
  });
  const { token, object, 'module-path': module, 'pin-source': pinSource, ...others } = Object.fromEntries(parts);
  const unknown = Object.keys(others).filter(name => name !== 'type');
  if (unknown.length > 0) throw new Error(`a pkcs11: URI takes no ${unknown.join(', ')} here; expected ${expected}`);
  if (!token || !object || !module)
    throw new Error(`a pkcs11: URI names token, object and module-path; expected ${expected}`);
  return { token, object, module, pinSource };
}

function readPin({ pinSource }: Place, world: KeyringWorld): Secret {
  if (pinSource === undefined) {
    if (world.pkcs11Pin !== undefined) return world.pkcs11Pin;
    throw new Error('the PIN of the pkcs11: keyring is not given; set pin-source or MOBIUS_PKCS11_PIN');
  }
  try {
    return new Secret(readFileSync(pinSource.startsWith('file:') ? new URL(pinSource) : pinSource, 'utf8').trim());
  } catch (error) {
    throw new Error(`pin-source cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function openSession(p11: typeof Pkcs11, token: Pkcs11.PKCS11, place: Place, pin: Secret): Session {
  const slot = token.C_GetSlotList(true).find(each => token.C_GetTokenInfo(each).label.trim() === place.token);
  if (slot === undefined) throw new Error(`there is no token ${place.token} in ${place.module}`);
  const handle = token.C_OpenSession(slot, p11.CKF_SERIAL_SESSION);
  try {
    tolerate(() => token.C_Login(handle, p11.CKU_USER, reveal(pin)), p11.CKR_USER_ALREADY_LOGGED_IN);
    token.C_FindObjectsInit(handle, [
      { type: p11.CKA_CLASS, value: p11.CKO_SECRET_KEY },
      { type: p11.CKA_KEY_TYPE, value: p11.CKK_AES },
      { type: p11.CKA_LABEL, value: place.object },
    ]);
    const found = token.C_FindObjects(handle, 2);
    token.C_FindObjectsFinal(handle);
    const [key] = found;
    if (key === undefined || found.length > 1) {
      throw new Error(`the token ${place.token} has ${found.length === 0 ? 'no' : 'several'} AES keys ${place.object}`);
    }
    const [extractable] = token.C_GetAttributeValue(handle, key, [{ type: p11.CKA_EXTRACTABLE }]);
    if ((extractable?.value as Buffer | undefined)?.[0] !== 0) {
      throw new Error(`the key ${place.object} can be taken out of the token; make one with CKA_EXTRACTABLE false`);
    }
    return { handle, key };
  } catch (error) {
    closeSession(token, { handle, key: handle });
    throw error;
  }
}

/** A session that is gone already closes with an error that says no more than that. */
function closeSession(token: Pkcs11.PKCS11, session: Session | undefined): void {
  if (session === undefined) return;
  try {
    token.C_CloseSession(session.handle);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
  }
}

function tolerate(act: () => void, code: number): void {
  try {
    act();
  } catch (error) {
    if ((error as { code?: unknown }).code !== code) throw error;
  }
}

function isRefusedData(p11: typeof Pkcs11, error: unknown): boolean {
  const refusals = [p11.CKR_ENCRYPTED_DATA_INVALID, p11.CKR_ENCRYPTED_DATA_LEN_RANGE, p11.CKR_DATA_INVALID];
  return refusals.includes((error as { code?: number }).code ?? -1);
}
