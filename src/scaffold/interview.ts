import { createInterface } from 'node:readline';
import { ScaffoldError } from './checkout.ts';
import { questions } from './question_list.ts';
import { applies, fallbackOf, type Given, type Question, wordsOf } from './questions.ts';

/** Asks what no flag has said; a wrong answer is asked again. */
export async function interview(
  said: Given,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Given> {
  const terminal = createInterface({ input, output });
  let isOpen = true;
  terminal.once('close', () => {
    isOpen = false;
  });
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string> => {
    // Lines that were pasted are still read when the input has ended.
    if (isOpen) {
      terminal.setPrompt(prompt);
      terminal.prompt();
    }
    const line = await lines.next();
    if (line.done === true) throw new ScaffoldError('the answers ended before the questions; nothing is written');
    return line.value.trim();
  };
  const given: Record<string, string> = { ...said };
  try {
    for (const question of questions) {
      const { flag } = question;
      if (!applies(question, given)) continue;
      const text = given[flag];
      const problem = text === undefined || text === '' ? undefined : question.check(text, given);
      if (problem !== undefined) throw new ScaffoldError(`--${flag}: ${problem}`);
      given[flag] = text ?? (await answer(question, given, ask, output));
    }
    return given;
  } finally {
    terminal.close();
  }
}

async function answer(
  question: Question,
  given: Given,
  ask: (prompt: string) => Promise<string>,
  output: NodeJS.WritableStream,
): Promise<string> {
  const fallback = fallbackOf(question, given);
  const shown = fallback === undefined ? '' : ` [${fallback === '' ? 'none' : fallback}]`;
  while (true) {
    const text = (await ask(`${wordsOf(question)}${shown}: `)) || fallback;
    const problem = text === undefined ? 'this must be said' : text === '' ? undefined : question.check(text, given);
    if (text !== undefined && problem === undefined) return text;
    output.write(`  ${problem}\n`);
  }
}
