import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Called = { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> };
export type Answer = { status?: number; body: object };

/** A keyring's server that speaks its vendor's documented API, with a key that stays inside. */
export type KeyringServer = {
  readonly origin: string;
  readonly calls: Called[];
  /** Set: every call is answered with this instead. */
  failure: Answer | 'HANG_UP' | undefined;
  /** Calls it still answers before it hangs up on all. */
  answersLeft: number;
  close(): Promise<void>;
};

export async function startKeyringServer(answer: (called: Called) => Answer): Promise<KeyringServer> {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isJson = text.startsWith('{');
    const body = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    const called: Called = { path: request.url ?? '', headers: request.headers, body };
    self.calls.push(called);
    if (self.failure === 'HANG_UP' || self.answersLeft-- <= 0) return request.socket.destroy();
    const { status = 200, body: answered } = self.failure ?? answer(called);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const self: KeyringServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    failure: undefined,
    answersLeft: Number.POSITIVE_INFINITY,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return self;
}

/** AES-GCM with associated data; `open` answers undefined where they do not fit. */
export function createSealer() {
  const key = randomBytes(32);
  return {
    seal: (plain: Buffer, associated: string): Buffer => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed: Buffer, associated: string): Buffer | undefined => {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(associated));
        decipher.setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}

const bytes = (value: unknown): Buffer => Buffer.from(String(value), 'base64');

/** AWS KMS, JSON 1.1: https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export function startAwsKms(arn: string): Promise<KeyringServer> {
  const { seal, open } = createSealer();
  return startKeyringServer(({ headers, body }) => {
    const error = (name: string): Answer => ({ status: 400, body: { __type: name, message: name } });
    if (body.KeyId !== arn) return error('NotFoundException');
    const context = JSON.stringify(body.EncryptionContext);
    if (headers['x-amz-target'] === 'TrentService.Encrypt') {
      const blob = seal(bytes(body.Plaintext), context).toString('base64');
      return { body: { CiphertextBlob: blob, KeyId: arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
    }
    const plain = open(bytes(body.CiphertextBlob), context);
    return plain ? { body: { Plaintext: plain.toString('base64'), KeyId: arn } } : error('InvalidCiphertextException');
  });
}

/** Google Cloud KMS v1 REST, and the token exchange of workload identity federation. */
export function startGcpKms(name: string): Promise<KeyringServer> {
  const { seal, open } = createSealer();
  return startKeyringServer(({ path, headers, body }) => {
    if (path === '/token') {
      const access = { access_token: 'gcp-access', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 };
      return { body: access };
    }
    if (headers.authorization !== 'Bearer gcp-access') return { status: 401, body: { error: { code: 401 } } };
    const associated = String(body.additionalAuthenticatedData);
    if (path === `/v1/${name}:encrypt`) {
      return { body: { name, ciphertext: seal(bytes(body.plaintext), associated).toString('base64') } };
    }
    if (path !== `/v1/${name}:decrypt`) return { status: 404, body: { error: { code: 404 } } };
    const plain = open(bytes(body.ciphertext), associated);
    return plain
      ? { body: { plaintext: plain.toString('base64') } }
      : { status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT' } } };
  });
}

/** Vault Transit: https://developer.hashicorp.com/vault/api-docs/secret/transit */
export function startTransit(token: string): Promise<KeyringServer> {
  const { seal, open } = createSealer();
  return startKeyringServer(({ path, headers, body }) => {
    if (headers['x-vault-token'] !== token) return { status: 403, body: { errors: ['permission denied'] } };
    const associated = String(body.associated_data);
    if (path === '/v1/transit/encrypt/mobius') {
      const ciphertext = `vault:v1:${seal(bytes(body.plaintext), associated).toString('base64')}`;
      return { body: { data: { ciphertext, key_version: 1 } } };
    }
    if (path !== '/v1/transit/decrypt/mobius') return { status: 404, body: { errors: [] } };
    const plain = open(bytes(String(body.ciphertext).replace('vault:v1:', '')), associated);
    return plain
      ? { body: { data: { plaintext: plain.toString('base64') } } }
      : { status: 400, body: { errors: ['cipher: message authentication failed'] } };
  });
}
