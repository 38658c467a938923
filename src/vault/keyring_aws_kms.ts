import type * as Kms from '@aws-sdk/client-kms';
import { KEYRING_TIMEOUT_MS, type Keyring, keyringAway } from './keyring.ts';
import { loadOptional } from './optional_package.ts';

const expected = 'aws-kms:arn:aws:kms:REGION:ACCOUNT:key/ID';

/** What AWS KMS says of bytes, a context or a key that are not those of the wrap. */
const REFUSALS = ['InvalidCiphertextException', 'IncorrectKeyException'];

/**
 * A symmetric key of AWS KMS, named by its ARN (an alias may move to another key). Credentials are found as the AWS SDK
 * finds them. `?endpoint=URL` for a VPC endpoint.
 */
export async function openAwsKms(url: string): Promise<Keyring> {
  const [arn = '', query = ''] = url.slice('aws-kms:'.length).split('?');
  const region = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/.exec(arn)?.[1];
  if (region === undefined) throw new Error(`an aws-kms: keyring names a key by its ARN; expected ${expected}`);
  const endpoint = new URLSearchParams(query).get('endpoint') ?? undefined;
  const kms = await loadOptional<typeof Kms>('@aws-sdk/client-kms', 'aws-kms:');
  const client = new kms.KMSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: KEYRING_TIMEOUT_MS / 2, throwOnRequestTimeout: true },
  });
  /** Both attempts together. */
  const inTime = () => ({ abortSignal: AbortSignal.timeout(KEYRING_TIMEOUT_MS) });
  const EncryptionContext = (context: string) => ({ 'mobius:data-key': context });
  const call = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (REFUSALS.includes((error as Error).name)) {
        throw new Error('AWS KMS does not open these bytes', { cause: error });
      }
      throw keyringAway(error);
    }
  };
  const bytesOf = (bytes: Uint8Array | undefined): Buffer => {
    if (bytes === undefined) throw keyringAway(new Error('AWS KMS answered without bytes'));
    return Buffer.from(bytes);
  };
  return {
    backend: 'awskms',
    active: arn,
    keys: [arn],
    wrap: async (dataKey, context) => {
      const input = { KeyId: arn, Plaintext: dataKey, EncryptionContext: EncryptionContext(context) };
      return bytesOf((await call(client.send(new kms.EncryptCommand(input), inTime()))).CiphertextBlob);
    },
    unwrap: async (keyId, wrapped, context) => {
      if (keyId !== arn) throw new Error(`the keyring has no key ${keyId}`);
      const input = { KeyId: arn, CiphertextBlob: wrapped, EncryptionContext: EncryptionContext(context) };
      return bytesOf((await call(client.send(new kms.DecryptCommand(input), inTime()))).Plaintext);
    },
    close: () => client.destroy(),
  };
}
