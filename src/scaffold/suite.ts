import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Checkout, toolPath } from './checkout.ts';

/** One thing that every provider must show, and how it went. */
export type Obligation = {
  readonly provider: string;
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly string[];
};

/** The suite that holds every provider, part by part and through the whole service. */
const FILES = ['test/providers.test.ts', 'test/emulators.test.ts', 'test/conformance.test.ts'];

/** Runs the suite over these, as `make test` would. Nothing is tried twice: what fails is to be seen. */
export async function runSuite(
  checkout: Checkout,
  providers: readonly string[],
  files = FILES,
): Promise<readonly Obligation[]> {
  const vitest = toolPath(checkout, 'vitest', 'vitest.mjs');
  const directory = mkdtempSync(join(tmpdir(), 'mobius-suite-'));
  const report = join(directory, 'report.json');
  // Whole ids: one may begin as another does.
  const pattern = `^(each provider > )?(${providers.join('|')}) `;
  const options = ['--retry=0', '--reporter=json', `--outputFile=${report}`];
  try {
    const told = await run(checkout.root, [vitest, 'run', ...files, '-t', pattern, ...options]);
    if (!existsSync(report)) throw new Error(`the suite did not run: ${told.trim()}`);
    return obligationsOf(JSON.parse(readFileSync(report, 'utf8')) as Report);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** vitest's JSON report, as far as it is read. */
export type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly Assertion[];
  }[];
};

type Assertion = {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages?: readonly string[] | null;
};

/** The report by obligation, in the order of the suite; what was filtered out is none. */
export function obligationsOf({ testResults }: Report): readonly Obligation[] {
  const found = new Map<string, { provider: string; name: string; passed: number; failures: string[] }>();
  const entry = (provider: string, name: string) => {
    const key = `${provider} ${name}`;
    const before = found.get(key) ?? { provider, name, passed: 0, failures: [] };
    found.set(key, before);
    return before;
  };
  for (const file of testResults.toSorted((a, b) => orderOf(a.name) - orderOf(b.name))) {
    for (const each of file.assertionResults) {
      if (each.status !== 'passed' && each.status !== 'failed') continue;
      const counted = entry(...placeOf(each));
      if (each.status === 'passed') counted.passed++;
      else counted.failures.push(...(each.failureMessages ?? []).map(cause));
    }
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      entry('', `${FILES[orderOf(file.name)]} is loaded`).failures.push(cause(file.message));
    }
  }
  return [...found.values()];
}

const orderOf = (path: string): number => FILES.findIndex(file => path.endsWith(file));

/** Provider and obligation: tests stand in a group of the provider's, or have its id before their title. */
function placeOf({ ancestorTitles: [first = '', group], title }: Assertion): [provider: string, name: string] {
  const isBelow = first !== 'each provider';
  const [id = '', ...rest] = title.split(' ');
  return isBelow ? [first, group ?? title.replace(/: .*$/s, '')] : [id, rest.join(' ')];
}

/** The message without the stack below it. */
function cause(message: string): string {
  return message.split(/\n\s+at /, 1)[0]!.trim();
}

/** Resolves with what it told on stderr. */
function run(cwd: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(told));
  });
}
