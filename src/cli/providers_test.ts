import type { Command } from 'commander';
import { findCheckout, providerIds } from '../scaffold/checkout.ts';
import { type Obligation, runSuite } from '../scaffold/suite.ts';
import { asUsage, UsageError } from './failure.ts';

export function addProviderTest(providers: Command): void {
  providers
    .command('test')
    .description('run the suite that holds every provider on one or some of them')
    .argument('<id...>', 'providers, as their folders are called')
    .action((ids: readonly string[]) =>
      asUsage(async () => {
        const checkout = findCheckout(process.cwd());
        const known = providerIds(checkout);
        const unknown = ids.find(id => !known.includes(id));
        if (unknown !== undefined) {
          throw new UsageError(`${unknown}: src/providers has no such folder; \`mobius providers new\` writes one`);
        }
        const obligations = await runSuite(checkout, ids);
        process.stdout.write(obligations.map(each => lineOf(each, ids.length > 1)).join(''));
        const untried = ids.find(id => !obligations.some(({ provider }) => provider === id));
        const failed = obligations.filter(({ failures }) => failures.length > 0).length;
        if (failed > 0)
          throw new Error(`${ids.join(', ')}: ${failed} of ${obligations.length} obligations are not met`);
        if (untried !== undefined) throw new Error(`no test is of ${untried}: is it in src/providers/index.ts?`);
        process.stdout.write(`${ids.join(', ')}: all ${obligations.length} obligations are met\n`);
      }),
    );
}

/** One obligation, and below it what is not as it should be. */
function lineOf({ provider, name, passed, failures }: Obligation, isNamed: boolean): string {
  const all = passed + failures.length;
  const what = isNamed ? `${provider} ${name}` : name;
  if (failures.length === 0) return `ok    ${what}${all > 1 ? ` (${all})` : ''}\n`;
  const causes = failures.map(text => `${text.replaceAll(/^/gm, '      ')}\n`);
  return `FAIL  ${what}${all > 1 ? ` (${failures.length} of ${all})` : ''}\n${causes.join('')}`;
}
