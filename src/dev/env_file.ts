import { renameSync, writeFileSync } from 'node:fs';

export type Variables = Readonly<Record<string, string>>;

/** Writes `KEY=value` lines that a shell can source; readable by the owner only, since a token is among them. */
export function writeEnvFile(path: string, variables: Variables): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`);
  writeFileSync(`${path}.new`, lines.join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function quote(value: string): string {
  return /^[\w./:@%+,-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
