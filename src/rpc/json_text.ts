/** Where and how a text is not the JSON we take. Says nothing of the content. */
export type JsonProblem = { line: number; column: number; problem: string };

const maxDepth = 64;

/** Parses JSON of bounded depth without duplicate keys. A problem names its place, never quotes the text. */
export function parseJson(text: string): { value: unknown } | JsonProblem {
  const found = scan(text);
  if (found === undefined) return { value: JSON.parse(text) };
  const before = text.slice(0, found.at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem: found.problem };
}

type Frame = { closes: '}' | ']'; keys: Set<string> | undefined };
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'separator';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that JSON does not take unescaped
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const space = /[ \t\r\n]*/y;

/** Without recursion: the depth of the text must not become the depth of our stack. */
function scan(text: string): { at: number; problem: string } | undefined {
  const open: Frame[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const take = (form: RegExp) => {
    form.lastIndex = at;
    const word = form.exec(text)?.[0];
    at += word?.length ?? 0;
    return word;
  };
  for (;;) {
    take(space);
    const frame = open.at(-1);
    if (expected === 'separator' && frame === undefined) {
      return at === text.length ? undefined : { at, problem: 'nothing more is expected' };
    }
    const next = text[at];
    if (next === undefined) return { at, problem: 'the text ends too early' };
    if (frame !== undefined && next === frame.closes && (expected === 'separator' || expected.endsWith(next))) {
      open.pop();
      expected = 'separator';
      at++;
    } else if (expected === 'separator' || expected === 'colon') {
      if (next !== (expected === 'colon' ? ':' : ',')) return { at, problem: `a ${expected} is expected` };
      expected = expected === 'separator' && frame?.keys !== undefined ? 'key' : 'value';
      at++;
    } else if (expected.startsWith('key')) {
      const begin = at;
      const key = take(string);
      if (key === undefined) return { at, problem: 'a key in double quotes is expected' };
      const name: string = JSON.parse(key);
      if (frame?.keys?.has(name)) return { at: begin, problem: 'the key was given before' };
      frame?.keys?.add(name);
      expected = 'colon';
    } else if (next === '{' || next === '[') {
      if (open.length >= maxDepth) return { at, problem: `it nests deeper than ${maxDepth} levels` };
      open.push(next === '{' ? { closes: '}', keys: new Set() } : { closes: ']', keys: undefined });
      expected = next === '{' ? 'key or }' : 'value or ]';
      at++;
    } else {
      if (take(string) === undefined && take(scalar) === undefined) return { at, problem: 'a value is expected' };
      expected = 'separator';
    }
  }
}
