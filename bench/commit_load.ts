import pg from 'pg';

/** The baseline of ingest: bare connections that commit single rows as fast as they can. */
const { DATABASE_URL = '', CONNECTIONS = '16', DURATION_MS = '2500' } = process.env;
const clients = await Promise.all(
  Array.from({ length: Number(CONNECTIONS) }, async () => {
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    return client;
  }),
);
await clients[0]?.query('create table if not exists bench_rows (id bigserial primary key, body text not null)');
const body = 'x'.repeat(200);
const endMs = performance.now() + Number(DURATION_MS);
let commits = 0;
await Promise.all(
  clients.map(async client => {
    while (performance.now() < endMs) {
      await client.query({ name: 'one', text: 'insert into bench_rows (body) values ($1)', values: [body] });
      commits++;
    }
  }),
);
process.send?.({ perSecond: (commits * 1000) / Number(DURATION_MS) });
for (const client of clients) await client.end();
