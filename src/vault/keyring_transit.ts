import { readFileSync } from 'node:fs';
import { reveal, Secret } from '../secret.ts';
import { wrapContext } from './cipher.ts';
import { KEYRING_TIMEOUT_MS, type Keyring, type KeyringWorld, keyringAway } from './keyring.ts';

const expected = 'vault:https://HOST:8200/MOUNT/keys/NAME?token_file=/path';

/**
 * An AES-256-GCM key of HashiCorp Vault's (or OpenBao's) Transit engine over its HTTP API; its makers publish no client for
 * JavaScript. The token comes from `token_file`, read for each call as agents renew it in place, or VAULT_TOKEN.
 */
export async function openTransit(url: string, world: KeyringWorld): Promise<Keyring> {
  const { base, mount, name, namespace, tokenFile } = readAddress(url);
  if (tokenFile === undefined && world.vaultToken === undefined) {
    throw new Error('the token of the vault: keyring is not given; set token_file or VAULT_TOKEN');
  }
  const token = (): Secret => {
    if (tokenFile === undefined) return world.vaultToken as Secret;
    try {
      return new Secret(readFileSync(tokenFile, 'utf8').trim());
    } catch (error) {
      throw keyringAway(error);
    }
  };
  const id = `transit:${new URL(base).host}/${namespace === undefined ? '' : `${namespace}/`}${mount}/${name}`;
  const call = async (
    verb: 'encrypt' | 'decrypt',
    fields: Record<string, string>,
  ): Promise<Record<string, unknown>> => {
    const credential = token();
    let status: number;
    let answer: { data?: Record<string, unknown> };
    try {
      const response = await world.fetch(`${base}/v1/${mount}/${verb}/${name}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-vault-token': reveal(credential),
          'x-vault-request': 'true',
          ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
        },
        body: JSON.stringify(fields),
        redirect: 'error',
        signal: AbortSignal.timeout(KEYRING_TIMEOUT_MS),
      });
      status = response.status;
      answer = (await response.json()) as { data?: Record<string, unknown> };
    } catch (error) {
      throw keyringAway(error);
    }
    if (status === 200 && answer.data !== undefined) return answer.data;
    if (verb === 'decrypt' && status === 400) throw new Error('Vault Transit does not open these bytes');
    throw keyringAway(new Error(`Vault Transit answered ${status}`));
  };
  const textOf = (value: unknown): string => {
    if (typeof value !== 'string') throw keyringAway(new Error('Vault Transit answered without bytes'));
    return value;
  };
  const associated = (context: string) => ({ associated_data: wrapContext(id, context).toString('base64') });
  return {
    backend: 'transit',
    active: id,
    keys: [id],
    wrap: async (dataKey, context) => {
      const sealed = await call('encrypt', { plaintext: dataKey.toString('base64'), ...associated(context) });
      return Buffer.from(textOf(sealed.ciphertext));
    },
    unwrap: async (keyId, wrapped, context) => {
      if (keyId !== id) throw new Error(`the keyring has no key ${keyId}`);
      const ciphertext = Buffer.from(wrapped).toString('utf8');
      return Buffer.from(textOf((await call('decrypt', { ciphertext, ...associated(context) })).plaintext), 'base64');
    },
    close: () => undefined,
  };
}

function readAddress(url: string) {
  const text = url.slice(url.indexOf(':') + 1);
  if (!URL.canParse(text)) throw new Error(`a vault: keyring names a Transit key; expected ${expected}`);
  const { protocol, origin, hostname, pathname, searchParams } = new URL(text);
  const match = /^\/(?:v1\/)?(.+)\/keys\/([^/]+)$/.exec(pathname);
  if (match === null) throw new Error(`a vault: keyring names a Transit key; expected ${expected}`);
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) {
    throw new Error('a vault: keyring is reached over https, or over http on this machine (an agent)');
  }
  return {
    base: origin,
    mount: match[1] as string,
    name: match[2] as string,
    namespace: searchParams.get('namespace') ?? undefined,
    tokenFile: searchParams.get('token_file') ?? undefined,
  };
}
