/** A message of PostgreSQL's protocol 3; the first of a client has no type. */
export type Message = { readonly type: string; readonly body: Buffer; readonly bytes: Buffer };

/** Cuts a stream into messages; `push` answers those that are whole. */
export function splitMessages(hasStartup: boolean): (chunk: Buffer) => Message[] {
  let rest: Buffer = Buffer.alloc(0);
  let isStarted = !hasStartup;
  return chunk => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const head = isStarted ? 1 : 0;
      if (rest.length < head + 4) return messages;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return messages;
      const bytes = rest.subarray(0, end);
      messages.push({
        type: isStarted ? String.fromCharCode(bytes[0] ?? 0) : '',
        body: bytes.subarray(head + 4),
        bytes,
      });
      isStarted = true;
      rest = rest.subarray(end);
    }
  };
}

/** The statement that a message brings: Query, Parse, or Bind of one that was prepared under a name before. */
export function readStatements(): (message: Message) => string | undefined {
  const named = new Map<string, string>();
  let isParsed = false;
  return ({ type, body }) => {
    if (type === 'Q') return text(body, 0);
    if (type === 'P') {
      const name = text(body, 0);
      const statement = text(body, body.indexOf(0) + 1);
      named.set(name, statement);
      isParsed = true;
      return statement;
    }
    if (type !== 'B') return undefined;
    const wasParsed = isParsed;
    isParsed = false;
    return wasParsed ? undefined : named.get(text(body, body.indexOf(0) + 1));
  };
}

function text(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from)).replaceAll(/\s+/g, ' ').trim();
}
