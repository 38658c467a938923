import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AnswerTooLargeError, PrivateAddressError, requestPinned } from '../src/outbound_pinned.ts';
import { isPublicAddress } from '../src/public_address.ts';
import { createAuthority } from './rpc-certificates.ts';

let server: Server;
let origin: string;
let seen: { headers: IncomingHttpHeaders }[];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ headers: request.headers });
    answer(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
beforeEach(() => {
  seen = [];
  answer = response => response.end('ok');
});

describe('an address', () => {
  test.each([
    ['1.1.1.1', true],
    ['172.15.255.255', true],
    ['2606:4700:4700::1111', true],
    ['::ffff:1.1.1.1', true],
    ['64:ff9b::101:101', true],
    ['172.31.255.255', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['224.0.0.1', false],
    ['::', false],
    ['::1', false],
    ['::ffff:7f00:1', false],
    ['::127.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['fe80::1%eth0', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['ff02::1', false],
    ['2002:7f00:1::', false],
    ['2001:db8::1', false],
    ['not an address', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});

describe('a pinned request', () => {
  test('the connection goes to the address that was looked at, and the name is not resolved again', async () => {
    let asked = 0;
    const url = new URL(origin);
    url.hostname = 'vendor.example';
    const ask = (mayBePrivate: boolean) =>
      requestPinned({
        url,
        method: 'GET',
        headers: {},
        body: undefined,
        lookup: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.9.9.9', family: 4 }],
        mayBePrivate,
        maxAnswerBytes: 100,
        signal: AbortSignal.timeout(5_000),
      });
    expect((await ask(true)).status).toBe(200);
    expect(asked).toBe(1);
    expect(seen[0]?.headers.host).toBe(url.host);
    await expect(ask(false)).rejects.toThrow(PrivateAddressError);
    expect(seen).toHaveLength(1);
  });

  test('an answer is cut off as soon as it is too long, however it grows', async () => {
    let endless = 0;
    answer = response => {
      const chunk = Buffer.alloc(1024);
      const more = (): void => {
        while (!response.destroyed && endless < 64 * 1024 && response.write(chunk)) endless += 1;
      };
      response.on('drain', more);
      more();
    };
    const url = new URL(origin);
    const ask = () => {
      const request = { url, method: 'GET', headers: {}, body: undefined, lookup: async () => [], mayBePrivate: true };
      return requestPinned({ ...request, maxAnswerBytes: 4096, signal: AbortSignal.timeout(5_000) });
    };
    await expect(ask()).rejects.toThrow(AnswerTooLargeError);
    expect(endless).toBeLessThan(64 * 1024);
    answer = response => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(1024 * 1024)));
    };
    await expect(ask()).rejects.toThrow(AnswerTooLargeError);
  });
});

describe('over TLS', () => {
  let port: number;
  let secure: ReturnType<typeof createTlsServer>;
  const before = getCACertificates('default');

  beforeAll(async () => {
    const authority = await createAuthority('vendor');
    const { cert, key } = await authority.issue([{ type: 'dns', value: 'api.vendor.example' }]);
    setDefaultCACertificates([...before, authority.cert]);
    secure = createTlsServer({ cert, key }, (request, response) => response.end(`${request.headers.host} is here`));
    await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
    port = (secure.address() as AddressInfo).port;
  });
  afterAll(async () => {
    setDefaultCACertificates(before);
    secure.closeAllConnections();
    await new Promise(resolve => secure.close(resolve));
  });

  const ask = (host: string) =>
    requestPinned({
      url: new URL(`https://${host}:${port}/`),
      method: 'GET',
      headers: {},
      body: undefined,
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
      mayBePrivate: true,
      maxAnswerBytes: 1_000,
      signal: AbortSignal.timeout(5_000),
    });

  test('the certificate is that of the name, whatever address it was pinned to', async () => {
    const { status, body } = await ask('api.vendor.example');
    expect([status, body.toString()]).toEqual([200, `api.vendor.example:${port} is here`]);
  });

  test('a certificate of another name is refused', async () => {
    await expect(ask('other.example')).rejects.toThrow(/altnames/);
  });
});
