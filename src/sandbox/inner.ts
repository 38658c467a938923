import { createEmulator, type SeedConfig, type ServiceName } from 'emulate';
import { openAliases } from './aliases.ts';

/** An emulator of the package, reachable through the gate only. */
export interface Inner {
  /** Sends a request on as somebody the emulator knows; `authorization` replaces the caller's header. */
  send(request: Request, authorization: string): Promise<Response>;
  learn(pairs: Iterable<readonly [inner: string, outer: string]>): void;
  close(): Promise<void>;
}

/** Requests one inner token serves before the next takes over; the package refuses each after 5,000 an hour. */
const tokenUses = 4_500;

/**
 * Starts an emulator on its own loopback port. Its origin is replaced by `base` in whatever it answers.
 */
export async function startInner(
  service: ServiceName,
  seed: SeedConfig,
  base: string,
  send: typeof fetch,
): Promise<Inner> {
  const emulator = await createEmulator({ service, port: 0, seed });
  const { port } = new URL(emulator.url);
  const origin = `http://127.0.0.1:${port}`;
  const aliases = openAliases();
  aliases.learn([[emulator.url, base]]);
  const outward = (text: string): string => aliases.outward(text).replaceAll(origin, base);
  return {
    learn: aliases.learn,
    close: () => emulator.close(),
    async send(request, authorization) {
      const url = new URL(request.url);
      const headers = new Headers(request.headers);
      for (const name of ['host', 'connection', 'content-length', 'accept-encoding']) headers.delete(name);
      headers.set('authorization', authorization);
      const body = ['GET', 'HEAD'].includes(request.method) ? null : aliases.inward(await request.clone().text());
      const answer = await send(origin + aliases.inward(url.pathname + url.search), {
        method: request.method,
        headers,
        body,
        redirect: 'manual',
      });
      const kept = [...answer.headers].filter(
        ([name]) => !/^(access-control-|connection$|keep-alive$|date$|content-length$|transfer-encoding$)/.test(name),
      );
      const empty = [204, 205, 304].includes(answer.status);
      return new Response(empty ? null : outward(await answer.text()), {
        status: answer.status,
        headers: kept.map(([name, value]): [string, string] => [name, outward(value)]),
      });
    },
  };
}

/** Names for as many inner tokens as `requests` calls an hour need. */
export function innerTokens(name: string, requests = 200_000): string[] {
  return Array.from({ length: Math.ceil(requests / tokenUses) }, (_, i) => `${name}-${i}`);
}

/** Hands the tokens out in turn so that none reaches the package's limit. */
export function rotate(tokens: readonly string[]): () => string {
  let uses = 0;
  return () => tokens[Math.floor(uses++ / tokenUses) % tokens.length]!;
}
