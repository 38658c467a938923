import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Message, readStatements, splitMessages } from './postgres_messages.ts';

/** What a statement is recognised by: its text, and the statements before it in its transaction. */
export type Matches = (statement: string, before: readonly string[]) => boolean;

export type Trap = {
  /** Resolves when the statement is caught: it is on its way and has not arrived, or is done and its result is not out. */
  readonly caught: Promise<void>;
  /** What was held goes on to the server, though its sender may be gone; resolves when the server has done it. */
  deliver(): Promise<void>;
  /** Breaks the connection: what was held is lost. */
  cut(): void;
};

/** Stands between one process and PostgreSQL. */
export type PostgresProxy = {
  readonly url: string;
  /** Holds the next statement that matches before it arrives, or its result before it returns. */
  hold(what: 'STATEMENT' | 'RESULT', matches: Matches): Trap;
  /** Told every statement when its result is out, with when it was sent, in ms of `performance.now()`. */
  onResult: (statement: string, sentMs: number) => void;
  close(): Promise<void>;
};

type Armed = { what: 'STATEMENT' | 'RESULT'; matches: Matches; catch: (line: Line) => void; isTaken: boolean };

export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target);
  const lines = new Set<Line>();
  let armed: Armed | undefined;
  const server = createServer(client => {
    const line = openLine(client, connect(Number(port), hostname), {
      onStatement: (statement, before) => {
        if (armed === undefined || armed.isTaken || !armed.matches(statement, before)) return undefined;
        armed.isTaken = true;
        return armed;
      },
      onResult: (statement, sentMs) => proxy.onResult(statement, sentMs),
    });
    lines.add(line);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: PostgresProxy = {
    url: url.href,
    onResult: () => undefined,
    hold(what, matches) {
      const caught = Promise.withResolvers<Line>();
      armed = { what, matches, catch: caught.resolve, isTaken: false };
      let held: Line | undefined;
      return {
        caught: caught.promise.then(line => {
          held = line;
        }),
        deliver: async () => held?.deliver(),
        cut: () => held?.destroy(),
      };
    },
    close: () =>
      new Promise(resolve => {
        for (const line of lines) line.destroy();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

type Line = { deliver(): Promise<void>; destroy(): void };

/** One connection. While it is held, what comes is kept, and the server does not learn that the client has gone. */
function openLine(
  client: Socket,
  server: Socket,
  told: {
    onStatement: (statement: string, before: readonly string[]) => Armed | undefined;
    onResult: (statement: string, sentMs: number) => void;
  },
): Line {
  const fromClient = splitMessages(true);
  const fromServer = splitMessages(false);
  const statementOf = readStatements();
  const waiting: { statement: string; sentMs: number }[] = [];
  let transaction: string[] = [];
  let trap: Armed | undefined;
  const held: Buffer[] = [];

  const take = (message: Message): void => {
    const statement = statementOf(message);
    if (statement !== undefined && trap === undefined) {
      trap = told.onStatement(statement, transaction);
      waiting.push({ statement, sentMs: performance.now() });
      if (/^(begin|commit|rollback)/i.test(statement)) transaction = [];
      else transaction.push(statement);
    }
    if (trap?.what !== 'STATEMENT') server.write(message.bytes);
    else {
      held.push(message.bytes);
      // The whole of it has come: a Query, or up to the Sync that ends an extended one.
      if (message.type === 'Q' || message.type === 'S') trap.catch(line);
    }
  };
  const giveBack = (message: Message): void => {
    if (message.type === 'Z') {
      if (trap?.what === 'RESULT') {
        trap.catch(line);
        return;
      }
      const { statement, sentMs } = waiting.shift() ?? { statement: '', sentMs: 0 };
      if (statement !== '') told.onResult(statement, sentMs);
    }
    if (trap?.what !== 'RESULT') client.write(message.bytes);
  };
  client.on('data', chunk => fromClient(chunk).forEach(take));
  server.on('data', chunk => fromServer(chunk).forEach(giveBack));
  for (const socket of [client, server]) {
    // Messages go on one by one: held back for more, each would wait 40 ms for its acknowledgement.
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
  }
  client.on('close', () => {
    if (trap === undefined) server.destroy();
  });
  server.on('close', () => client.destroy());
  const line: Line = {
    deliver: () =>
      new Promise(resolve => {
        // The server ends the session after what it was sent last.
        server.once('close', () => resolve());
        server.end(Buffer.concat(held.splice(0)));
      }),
    destroy: () => {
      client.destroy();
      server.destroy();
    },
  };
  return line;
}
