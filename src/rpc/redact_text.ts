export const replacement = '[redacted]';

/** What is kept of one string. More is read, so that a token across the cut is still seen. */
const maxKeptChars = 8 * 1024;
const maxReadChars = 16 * 1024;
/** Longer than anything a shape needs to see behind a secret to know it, such as the @ after a password. */
const maxLookAheadChars = 600;

// A word begins here; the letter of an escape such as \n, in text that holds JSON, does not count as part of a word.
const start = String.raw`(?<=^|[^A-Za-z0-9]|\\[nrtbf])`;

/** Tokens that give themselves away by their form. What the first group matches is kept. */
const shapes: readonly RegExp[] = [
  // PEM, also with the line ends escaped, and also when the end is missing.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
  new RegExp(`${start}((?:Bearer|Basic)[ :=]+)[A-Za-z0-9._~+/-]{8,}=*`, 'gi'),
  /eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}/g,
  /xox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}/g,
  /gh[a-z]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}/g,
  /lin_(?:api|oauth|wh)_[A-Za-z0-9]{8,}/g,
  new RegExp(`${start}[sr]k[-_][A-Za-z0-9_-]{12,}`, 'g'),
  /whsec_[A-Za-z0-9+/_-]{8,}=*/g,
  /ya29\.[A-Za-z0-9_.-]{8,}|1\/\/0[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{10,}/g,
  /(?:AKIA|ASIA)[A-Z0-9]{16}/g,
  /ATATT[A-Za-z0-9_=-]{16,}/g,
  // A password in a connection string or URL; the rest of the address is kept.
  /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'?#]{0,256}:)[^\s/@"'][^\s"']{0,512}(?=@)/gi,
  /((?:password|pwd|passwd|client_secret|access_token|refresh_token|id_token|api_key|code_verifier|client_assertion)\\?["']?\s{0,4}[=:]\s{0,4}\\?["']?)[^\s"'&,;\\]{3,}/gi,
];

/** What every shape contains: text without any of these is passed on unread by the shapes. */
const hint =
  /BEGIN |bearer|basic|eyJ|xox|xapp-|gh[a-z]_|github_pat_|glpat-|lin_|[sr]k[-_]|whsec_|ya29\.|1\/\/0|AIza|GOCSPX|AKIA|ASIA|ATATT|:\/\/|passw|pwd|client_|_token|api_key|code_v/i;

/** Our own ids of calls: no token has this form. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The text with every recognised token cut out, in plain, base64 or URL encoding, and at most 8 KiB of it. Never throws. */
export function redactText(text: string): string {
  if (uuid.test(text)) return text;
  if (text.length <= maxKeptChars) return cutEncoded(cutPlain(text));
  const clean = cutEncoded(cutPlain(text.slice(0, maxReadChars)));
  const seenWhole = text.length > maxReadChars ? clean.length - maxLookAheadChars : clean.length;
  return `${clean.slice(0, Math.max(0, Math.min(maxKeptChars, seenWhole)))}… [${text.length} chars]`;
}

function cutPlain(text: string): string {
  if (!hint.test(text)) return text;
  let clean = text;
  for (const shape of shapes) {
    // Without a group the second argument is the offset.
    clean = clean.replace(shape, (_match, kept: unknown) => (typeof kept === 'string' ? kept : '') + replacement);
  }
  return clean;
}

/** Runs that decode to text with a token in it are replaced whole. */
function cutEncoded(text: string): string {
  const decodable = text.includes('%') ? text.replace(/[^\s"'<>]+/g, cutIfUrlEncoded) : text;
  return decodable.replace(/[A-Za-z0-9+/_-]{16,}={0,2}/g, cutIfBase64);
}

function cutIfUrlEncoded(run: string): string {
  if (!run.includes('%')) return run;
  const decoded = run.replace(/(?:%[0-9A-Fa-f]{2})+/g, part => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return cutPlain(decoded) === decoded ? run : replacement;
}

function cutIfBase64(run: string): string {
  // The encoded text may begin anywhere in the run: base64 has four alignments.
  for (let shift = 0; shift < 4; shift++) {
    const decoded = Buffer.from(run.slice(shift), 'base64').toString('latin1');
    if (cutPlain(decoded) !== decoded) return replacement;
  }
  return run;
}
