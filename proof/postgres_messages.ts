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

/** The statement that a Query or Parse message brings. */
export function statementOf({ type, body }: Message): string | undefined {
  if (type === 'Q') return text(body, 0);
  if (type === 'P') return text(body, body.indexOf(0) + 1);
  return undefined;
}

function text(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from)).replaceAll(/\s+/g, ' ').trim();
}
