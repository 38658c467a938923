/** One for each attempt, so that a call that was sent twice counts once. */
export function newRequestId(): string {
  return `console-${crypto.randomUUID()}`;
}
