import type { Command } from 'commander';
import { findCheckout, providerIds } from '../scaffold/checkout.ts';
import { type Obligation, runSuite } from '../scaffold/suite.ts';
import { asUsage, UsageError } from './failure.ts';

export function addProviderTest(providers: Command): void {
  providers
    .command('test')
    .description('run the suite that holds every provider on one of them')
    .argument('<id>', 'provider, as its folder is called')
    .action(async (id: string) => {
      const checkout = await asUsage(() => findCheckout(process.cwd()));
      if (!providerIds(checkout).includes(id)) {
        throw new UsageError(`src/providers/${id}: there is no such provider; \`mobius providers new\` writes one`);
      }
      const obligations = await asUsage(() => runSuite(checkout, id));
      process.stdout.write(obligations.map(lineOf).join(''));
      const failed = obligations.filter(({ failures }) => failures.length > 0).length;
      if (obligations.length === 0) throw new Error(`no test is of ${id}: is it in src/providers/index.ts?`);
      if (failed > 0) throw new Error(`${id}: ${failed} of ${obligations.length} obligations are not met`);
      process.stdout.write(`${id}: all ${obligations.length} obligations are met\n`);
    });
}

function lineOf({ name, passed, failures }: Obligation): string {
  const all = passed + failures.length;
  if (failures.length === 0) return `ok    ${name}${all > 1 ? ` (${all})` : ''}\n`;
  const causes = failures.map(text => `${text.replaceAll(/^/gm, '      ')}\n`);
  return `FAIL  ${name}${all > 1 ? ` (${failures.length} of ${all})` : ''}\n${causes.join('')}`;
}
