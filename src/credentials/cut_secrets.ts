/** Secrets as they may come back: plain or escaped for JSON or a URL, whole or in part, in hex, or inside base64. */
export type SecretCutter = (bytes: Buffer) => { readonly bytes: Buffer; readonly count: number };

export const CUT = '[secret]';

/** Shorter ones are words that stand in any text. */
const LEAST_LENGTH = 4;
/** Longer ones (keys in PEM) are found plain, in hex and in base64, not escaped. */
const MAX_ESCAPED_LENGTH = 2_048;

/** Works on bytes as Latin-1 text, so that binary bodies come through as they are. */
export function createSecretCutter(secrets: Iterable<string>): SecretCutter {
  const distinct = [...new Set(secrets)].filter(s => s.length >= LEAST_LENGTH).sort((a, b) => b.length - a.length);
  if (distinct.length === 0) return bytes => ({ bytes, count: 0 });
  const patterns = distinct.flatMap(secret => [escapedForms(secret), ...encodedForms(secret).map(escapeRegExp)]);
  const anySecret = new RegExp(patterns.join('|'), 'g');
  return bytes => {
    let count = 0;
    const clean = bytes.toString('latin1').replace(anySecret, () => {
      count += 1;
      return CUT;
    });
    return { bytes: count === 0 ? bytes : Buffer.from(clean, 'latin1'), count };
  };
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

/** A pattern of the secret in which each character may be plain, %-encoded or escaped as JSON may escape it. */
function escapedForms(secret: string): string {
  if (secret.length > MAX_ESCAPED_LENGTH) return escapeRegExp(Buffer.from(secret).toString('latin1'));
  return [...secret].map(formsOf).join('');
}

function formsOf(character: string): string {
  const bytes = [...Buffer.from(character)];
  const plain = escapeRegExp(Buffer.from(character).toString('latin1'));
  const percent = bytes.map(byte => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
  const units = Array.from(character, (_, i) => character.charCodeAt(i));
  const all = character.length > 1 ? [character.charCodeAt(0), character.charCodeAt(1)] : units;
  const unicode = all.map(unit => `\\\\u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('');
  const short = SHORT_ESCAPES[character] ?? ('"\\/'.includes(character) ? escapeRegExp(character) : undefined);
  const forms = [plain, percent, unicode, ...(short === undefined ? [] : [`\\\\${short}`])];
  return `(?:${forms.join('|')}${character === ' ' ? '|\\+' : ''})`;
}

/** Hex, and the part of a base64 text that the secret alone decides, wherever in it the secret begins. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const inBase64 = [0, 1, 2].flatMap(offset => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const known = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [known, known.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set([hex, hex.toUpperCase(), ...inBase64])].filter(form => form.length >= LEAST_LENGTH);
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, letter => `[${letter}${letter.toUpperCase()}]`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
