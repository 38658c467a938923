import type { Command } from 'commander';
import { RESERVED_SEGMENTS } from '../catalog/reserved_prefixes.ts';
import { answersOf, completed } from '../scaffold/answers.ts';
import { type Checkout, findCheckout } from '../scaffold/checkout.ts';
import { checkId } from '../scaffold/ids.ts';
import { interview } from '../scaffold/interview.ts';
import { questions } from '../scaffold/question_list.ts';
import { conditionOf, type Given, wordsOf } from '../scaffold/questions.ts';
import { planProvider, writePlan } from '../scaffold/write.ts';
import { asUsage } from './failure.ts';

type NewOptions = { readonly dryRun?: true } & Readonly<Record<string, string | true | undefined>>;

export function addProviderNew(providers: Command): void {
  const command = providers
    .command('new')
    .description('write the folder of a new provider, with fixtures to fill in; asks at a terminal what no flag says')
    .argument('<id>', 'lower case; the first part of its event, action and reference names; never changes')
    .option('--dry-run', 'print the files and write nothing');
  for (const question of questions) {
    const condition = conditionOf(question);
    command.option(
      `--${question.flag} <text>`,
      `${wordsOf(question)}${condition === '' ? '' : ` (with ${condition})`}`,
    );
  }
  command.action((id: string, options: NewOptions) =>
    asUsage(async () => {
      const checkout = findCheckout(process.cwd());
      checkId(id, checkout, RESERVED_SEGMENTS);
      const said = saidIn(options);
      const given = completed(process.stdin.isTTY ? await interview(said, process.stdin, process.stdout) : said);
      const plan = planProvider(checkout, answersOf(id, given));
      if (options.dryRun) {
        for (const { name, text } of plan.files) process.stdout.write(`// ${plan.folder}/${name}\n${text}\n`);
        process.stdout.write(`// ${plan.list.name}\n${plan.list.text}`);
        return;
      }
      writePlan(checkout, plan);
      process.stdout.write(writtenText(id, checkout, plan.files.length));
    }),
  );
}

function saidIn(options: NewOptions): Given {
  const said: Record<string, string> = {};
  for (const { flag } of questions) {
    const value = options[flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === 'string') said[flag] = value.trim();
  }
  return said;
}

function writtenText(id: string, { root }: Checkout, count: number): string {
  return [
    `${root}/src/providers/${id}: ${count} files, and an entry in src/providers/index.ts.`,
    `Fill in src/providers/${id}/fixtures/cases.ts, then: npx mobius providers test ${id}\n`,
  ].join('\n');
}
