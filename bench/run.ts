import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from '../src/config.ts';
import { complaints, type Ground, openGround } from './ground.ts';
import { measures } from './measures/index.ts';
import { machine, type Result, row } from './results.ts';
import { seedIntegrations } from './seed.ts';

const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));

/** What `make bench` runs: every measure, or the one that ONLY names. */
async function main(only: string): Promise<number> {
  const chosen = measures.filter(({ names }) => only === '' || names.includes(only));
  if (chosen.length === 0) {
    console.error(`bench: no measure ${only}; there are ${measures.flatMap(({ names }) => names).join(', ')}`);
    return 2;
  }
  const ends: (() => unknown)[] = [];
  const halt = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => reject(new Error(signal)));
  });
  halt.catch(() => undefined);
  const results: Result[] = [];
  let ground: Ground | undefined;
  try {
    console.log(`bench: ${machine}`);
    ground = await Promise.race([openGround(end => ends.unshift(end)), halt]);
    const seeded = await Promise.race([seedIntegrations(ground), halt]);
    for (const { measure } of chosen) {
      for (const figure of await Promise.race([measure(ground, seeded), halt])) {
        if (only !== '' && figure.name !== only && !figure.name.startsWith(`${only} `)) continue;
        console.log(row(figure));
        results.push({ ...figure, machine });
      }
    }
    if (only === '') writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    console.error(error);
    if (ground !== undefined) console.error(complaints(ground));
    return 1;
  } finally {
    for (const end of ends) await end();
  }
}

process.exitCode = await main(readEnvironment().ONLY ?? '');
process.exit();
