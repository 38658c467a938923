import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeFailure } from '../src/cli/failure.ts';
import { type Ground, openGround } from './ground.ts';
import { Broken, type Figures, type Guarantee, NotBuilt } from './guarantee.ts';
import { guarantees } from './guarantees/index.ts';

type Result = { readonly name: string; readonly holds: boolean; readonly figures: Figures };

const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));
const timeoutMs = 240_000;

/** What `make proof` runs: every guarantee, or the one that ONLY names. */
async function main(only: string): Promise<number> {
  const chosen = guarantees.filter(({ name }) => only === '' || name === only);
  if (chosen.length === 0) {
    console.error(`proof: no guarantee ${only}; there are ${guarantees.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const ends: (() => unknown)[] = [];
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
    }
  });
  interrupted.catch(() => undefined);
  try {
    const ground = await Promise.race([openGround(end => ends.unshift(end)), interrupted]);
    const results = (await Promise.race([proveAll(chosen, ground), interrupted])).filter(r => r !== undefined);
    writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
    const broken = results.filter(({ holds }) => !holds).length;
    console.log(`proof: ${results.length} guarantees, ${broken} broken`);
    return broken === 0 && results.length > 0 ? 0 : 1;
  } catch (error) {
    console.error(`proof: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    // What was broken off may still be at work on them.
    for (const end of ends) await Promise.race([end(), delay(20_000)]);
  }
}

/** Most wait more than they work: two at a time, those that need the machine for themselves afterwards. */
async function proveAll(chosen: readonly Guarantee[], ground: Ground): Promise<(Result | undefined)[]> {
  const results = new Map<Guarantee, Result | undefined>();
  const waiting = chosen.filter(({ alone }) => !alone);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.set(next, await prove(next, ground));
    }
  };
  await Promise.all([lane(), lane()]);
  for (const guarantee of chosen) if (guarantee.alone) results.set(guarantee, await prove(guarantee, ground));
  return chosen.map(guarantee => results.get(guarantee));
}

/** Undefined: it cannot be shown yet. */
async function prove(guarantee: Guarantee, ground: Ground): Promise<Result | undefined> {
  const { name } = guarantee;
  const startMs = performance.now();
  const line = (word: string, text: string): void => console.log(`${word.padEnd(7)} ${name.padEnd(20)} ${text}`);
  const patience = new AbortController();
  try {
    const figures = await Promise.race([guarantee.prove(ground), over(patience.signal)]);
    const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1));
    line(
      'holds',
      `${Object.entries(figures)
        .map(([figure, value]) => `${figure} ${value}`)
        .join(', ')} (${seconds} s)`,
    );
    return { name, holds: true, figures: { ...figures, seconds } };
  } catch (error) {
    if (error instanceof NotBuilt) {
      line('skipped', error.message);
      return undefined;
    }
    const reason = error instanceof Broken ? error.message : describeFailure(error);
    line('BROKEN', reason);
    return { name, holds: false, figures: { reason } };
  } finally {
    patience.abort();
  }
}

function over(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Broken(`not shown within ${timeoutMs / 1000} s`)), timeoutMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

process.exit(await main(process.env.ONLY ?? ''));
