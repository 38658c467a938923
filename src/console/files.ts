import { existsSync, globSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { ConfigError } from '../config.ts';
import { etagOf, holds } from '../rpc/conditional.ts';

export type PageFile = {
  readonly type: string;
  readonly etag: string;
  /** By content encoding; `identity` is always there. */
  readonly bodies: ReadonlyMap<string, Buffer>;
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
};

const dist = resolve(import.meta.dirname, '../../console/dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export const isPageBuilt = (): boolean => existsSync(join(dist, 'index.html'));

/** The built page by path below `/console/`. Throws ConfigError when it was not built. */
export function readPage(): ReadonlyMap<string, PageFile> {
  if (!isPageBuilt()) {
    throw new ConfigError(['MOBIUS_CONSOLE: the page was not built; run: make console']);
  }
  const files = globSync('**/*', { cwd: dist }).filter(path => types[extname(path)] !== undefined);
  return new Map(files.map(path => [path, readFile(path)]));
}

function readFile(path: string): PageFile {
  const identity = readFileSync(join(dist, path));
  const packed = [
    ['br', `${path}.br`],
    ['gzip', `${path}.gz`],
  ] as const;
  const found = packed.filter(([, file]) => existsSync(join(dist, file)));
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: etagOf(identity),
    bodies: new Map([
      ...found.map(([encoding, file]) => [encoding, readFileSync(join(dist, file))] as const),
      ['identity', identity],
    ]),
    isImmutable: path.startsWith('assets/'),
  };
}

/** Answers with the file, packed as the browser takes it, or with 304. */
export function answerFile(
  req: IncomingMessage,
  res: ServerResponse,
  file: PageFile,
  headers: Readonly<Record<string, string>>,
): void {
  const taken = (req.headers['accept-encoding'] ?? '').split(',').map(each => each.trim().split(';')[0]);
  const encoding = [...file.bodies.keys()].find(each => taken.includes(each)) ?? 'identity';
  const body = file.bodies.get(encoding) ?? Buffer.alloc(0);
  const answer = {
    ...headers,
    etag: file.etag,
    vary: 'accept-encoding',
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (holds(req.headers['if-none-match'], file.etag)) {
    res.writeHead(304, answer).end();
    return;
  }
  const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  res.writeHead(200, { ...answer, ...encoded, 'content-type': file.type, 'content-length': body.length });
  res.end(req.method === 'HEAD' ? undefined : body);
}
