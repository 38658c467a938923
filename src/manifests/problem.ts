/** What is wrong with a manifest, where in its file, and what to do. */
export type Problem = {
  readonly file: string;
  /** From one on. */
  readonly line: number;
  /** Names and indices as the file has them; empty for the file as a whole. */
  readonly path: readonly (string | number)[];
  readonly message: string;
};

/** `crm.yaml:14: /connect/0/kind: what to do`. */
export function problemText({ file, line, path, message }: Problem): string {
  const field = path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return `${file}:${line}: ${field || '/'}: ${message}`;
}
