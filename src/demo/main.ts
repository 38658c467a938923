import { setTimeout as delay } from 'node:timers/promises';
import { describeFailure } from '../cli/failure.ts';
import { type Stage, setStage } from './stage.ts';
import type { Step } from './step.ts';
import { story } from './story.ts';

const stepTimeoutMs = 60_000;

/** What `make demo` runs: sets the stage, shows every step, clears the stage whatever happened. */
async function main(): Promise<number> {
  const stops: (() => unknown)[] = [];
  let isOver = false;
  // What comes up while the rest is going down goes down at once.
  const onStop = (stop: () => unknown): unknown => (isOver ? stop() : stops.unshift(stop));
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
    }
  });
  interrupted.catch(() => undefined);
  try {
    const stage = await Promise.race([setStage(onStop), interrupted]);
    const failed = await Promise.race([tell(stage), interrupted]);
    console.log(`demo: ${story.length} steps, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    isOver = true;
    for (const stop of stops) {
      try {
        await stop();
      } catch (error) {
        console.error(`demo: not cleared away: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

async function tell(stage: Stage): Promise<number> {
  let failed = 0;
  for (const [i, step] of story.entries()) {
    const number = String(i + 1).padStart(2);
    try {
      console.log(`ok   ${number}  ${step.title}: ${await withinTime(step, stage)}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${number}  ${step.title}: ${describeFailure(error)}`);
    }
  }
  return failed;
}

async function withinTime(step: Step, stage: Stage): Promise<string> {
  const done = new AbortController();
  const tooLong = delay(stepTimeoutMs, undefined, { signal: done.signal }).then(() => {
    throw new Error(`not done within ${stepTimeoutMs / 1000} s`);
  });
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([step.show(stage), tooLong]);
  } finally {
    done.abort();
  }
}

process.exitCode = await main();
