import { escapeIdentifier, type Pool } from 'pg';

/** Every row of every table as text, and every value of bytes as the bytes themselves: what a dump would hold. */
export async function dumpDatabase(db: Pool): Promise<{ readonly text: string; readonly bytes: string }> {
  const tables = await db.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
  );
  const lines: string[] = [];
  const bytes: string[] = [];
  for (const { schema, name } of tables.rows) {
    const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    const { rows } = await db.query<Record<string, unknown>>(`select *, t::text as "whole row" from ${table} t`);
    for (const { 'whole row': whole, ...values } of rows) {
      lines.push(`${name} ${whole}`);
      for (const value of Object.values(values)) if (Buffer.isBuffer(value)) bytes.push(value.toString('latin1'));
    }
  }
  return { text: lines.join('\n'), bytes: bytes.join('\n') };
}
