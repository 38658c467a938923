import { createInterface, type Interface } from 'node:readline/promises';
import { ScaffoldError } from './checkout.ts';
import { questions } from './question_list.ts';
import { applies, fallbackOf, type Given, type Question } from './questions.ts';

/** Asks at the terminal what no flag has said; a wrong answer is asked again. */
export async function interview(said: Given): Promise<Given> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const given: Record<string, string> = { ...said };
  try {
    for (const question of questions) {
      if (given[question.flag] !== undefined || !applies(question, given)) continue;
      given[question.flag] = await ask(terminal, question, given, ended.signal);
    }
    return given;
  } catch (error) {
    if (ended.signal.aborted) throw new ScaffoldError('the answers ended before the questions; nothing is written');
    throw error;
  } finally {
    terminal.close();
  }
}

async function ask(terminal: Interface, question: Question, given: Given, signal: AbortSignal): Promise<string> {
  const fallback = fallbackOf(question, given);
  const shown = fallback === undefined ? '' : ` [${fallback === '' ? 'none' : fallback}]`;
  while (true) {
    const text = (await terminal.question(`${question.ask}${shown}: `, { signal })).trim();
    const answer = text === '' ? fallback : text;
    const problem =
      answer === undefined ? 'it must be said' : answer === '' ? undefined : question.check(answer, given);
    if (answer !== undefined && problem === undefined) return answer;
    process.stdout.write(`  ${problem}\n`);
  }
}
