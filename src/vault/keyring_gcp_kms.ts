import type * as GoogleAuthLibrary from 'google-auth-library';
import { wrapContext } from './cipher.ts';
import { KEYRING_TIMEOUT_MS, type Keyring, keyringAway } from './keyring.ts';
import { loadOptional } from './optional_package.ts';

const expected = 'gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K';
const API = 'https://cloudkms.googleapis.com';

/**
 * A symmetric key of Google Cloud KMS over its REST API with Google's own authentication library; the full client would
 * bring gRPC and a hundred packages for two calls. Credentials are found as that library finds them. `?endpoint=URL`
 * for a private endpoint.
 */
export async function openGcpKms(url: string): Promise<Keyring> {
  const [name = '', query = ''] = url.slice('gcp-kms:'.length).split('?');
  if (!/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(name)) {
    throw new Error(`a gcp-kms: keyring names a key; expected ${expected}`);
  }
  const api = new URLSearchParams(query).get('endpoint') ?? API;
  const { GoogleAuth } = await loadOptional<typeof GoogleAuthLibrary>('google-auth-library', 'gcp-kms:');
  const auth = new GoogleAuth({
    scopes: 'https://www.googleapis.com/auth/cloudkms',
    // Named, or the library asks the network for one that nobody needs.
    projectId: name.split('/')[1] as string,
  });
  const id = `gcp-kms:${name}`;
  const call = async (verb: 'encrypt' | 'decrypt', data: Record<string, string>): Promise<Record<string, unknown>> => {
    try {
      const answer = await auth.request<Record<string, unknown>>({
        url: `${api}/v1/${name}:${verb}`,
        method: 'POST',
        data,
        signal: AbortSignal.timeout(KEYRING_TIMEOUT_MS),
      });
      return answer.data;
    } catch (error) {
      const status = (error as { response?: { status?: number } }).response?.status;
      if (verb === 'decrypt' && status === 400) {
        throw new Error('Google Cloud KMS does not open these bytes', { cause: error });
      }
      throw keyringAway(error);
    }
  };
  const associated = (context: string) => ({
    additionalAuthenticatedData: wrapContext(id, context).toString('base64'),
  });
  const bytesOf = (value: unknown): Buffer => {
    if (typeof value !== 'string') throw keyringAway(new Error('Google Cloud KMS answered without bytes'));
    return Buffer.from(value, 'base64');
  };
  return {
    backend: 'gcpkms',
    active: id,
    keys: [id],
    wrap: async (dataKey, context) => {
      const sealed = await call('encrypt', { plaintext: dataKey.toString('base64'), ...associated(context) });
      return bytesOf(sealed.ciphertext);
    },
    unwrap: async (keyId, wrapped, context) => {
      if (keyId !== id) throw new Error(`the keyring has no key ${keyId}`);
      const ciphertext = Buffer.from(wrapped).toString('base64');
      return bytesOf((await call('decrypt', { ciphertext, ...associated(context) })).plaintext);
    },
    close: () => undefined,
  };
}
