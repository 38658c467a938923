import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Checkout, toolPath } from './checkout.ts';

/** One thing that every provider must show, and how it went. */
export type Obligation = {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly string[];
};

/** The suite that holds every provider, part by part and through the whole service. */
const FILES = ['test/providers.test.ts', 'test/emulators.test.ts', 'test/conformance.test.ts'];

/** Runs the suite over one provider, as `make test` would. Nothing is tried twice: what fails is to be seen. */
export async function runSuite(checkout: Checkout, provider: string): Promise<readonly Obligation[]> {
  const vitest = toolPath(checkout, 'vitest', 'vitest.mjs');
  const directory = mkdtempSync(join(tmpdir(), 'mobius-suite-'));
  const report = join(directory, 'report.json');
  // The id whole: one may begin as another does.
  const pattern = `^(each provider > )?${provider} `;
  const options = ['--retry=0', '--reporter=json', `--outputFile=${report}`];
  try {
    const told = await run(checkout.root, [vitest, 'run', ...FILES, '-t', pattern, ...options]);
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
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
};

/** The report by obligation, in the order of the suite; what was filtered out is none. */
export function obligationsOf({ testResults }: Report): readonly Obligation[] {
  const found = new Map<string, { passed: number; failures: string[] }>();
  const entry = (name: string) => found.get(name) ?? found.set(name, { passed: 0, failures: [] }).get(name)!;
  for (const file of testResults.toSorted((a, b) => orderOf(a.name) - orderOf(b.name))) {
    for (const each of file.assertionResults) {
      if (each.status === 'passed') entry(obligationOf(each)).passed++;
      if (each.status === 'failed') entry(obligationOf(each)).failures.push(...(each.failureMessages ?? []).map(cause));
    }
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      entry(`is loaded by ${FILES[orderOf(file.name)]}`).failures.push(cause(file.message));
    }
  }
  return [...found].map(([name, counted]) => ({ name, ...counted }));
}

const orderOf = (path: string): number => FILES.findIndex(file => path.endsWith(file));

/** Below the provider's own group; a table's rows are one obligation. */
function obligationOf({ ancestorTitles: [, group], title }: { ancestorTitles: readonly string[]; title: string }) {
  return group ?? title.replace(/^[a-z0-9_]+ (?=does through)/, '').replace(/: .*$/s, '');
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
