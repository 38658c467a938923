/** Texts that can only be a credential. Narrower than what is cut out of logs: here prose must pass. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/,
  /\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}/,
  /\bgh[a-z]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{16,}/,
  /\blin_(?:api|oauth|wh)_[A-Za-z0-9]{16,}|\bntn_[A-Za-z0-9]{30,}|\bpat[A-Za-z0-9]{14}\.[0-9a-f]{32,}/,
  /\b(?:sk|rk|pk)[-_](?:live|test|proj|ant|svcacct)?[-_]?[A-Za-z0-9_-]{20,}/,
  /\bwhsec_[A-Za-z0-9+/]{16,}|\bATATT[A-Za-z0-9_=-]{20,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  /\bya29\.[A-Za-z0-9_-]{20,}|\b1\/\/0[A-Za-z0-9_-]{20,}|\bAIza[A-Za-z0-9_-]{30,}|\bGOCSPX-[A-Za-z0-9_-]{20,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:bearer|basic)\s+(?=[^\s]*\d)[A-Za-z0-9._~+/-]{20,}=*/i,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'?#]{0,256}:[^\s/@"']{3,512}@/i,
];

/** Fields that hold a credential whatever it looks like. */
const SECRET_NAME =
  /^(?:authorization|proxy-authorization|x-api-key|api[-_]?key|(?:client|signing|webhook)?[-_]?secret|pass(?:word|wd|phrase)|private[-_]?key|(?:access|refresh|auth|bearer)[-_]?token)$/i;

/** Fields whose values look random and are none: what vendors name things and places in lists by. */
const RANDOM_NAME = /(?:^|[_-])(?:ids?|cursor|page_token|etag|sha|hash|digest|checksum|range|thread_ts)$/i;

const MIN_RANDOM = 24;
const MAX_RANDOM = 512;
/** Bits a character: of base64 of random bytes 5 and more, of words and names below 4. */
const MIN_ENTROPY = 4.2;

/** Whether the value of the field is, or holds, what looks like a credential. `isReference`: an id, which looks random. */
export function looksLikeCredential(field: string, text: string, isReference: boolean): boolean {
  if (SHAPES.some(shape => shape.test(text))) return true;
  if (SECRET_NAME.test(field) && text.trim().length >= 8) return true;
  if (isReference || RANDOM_NAME.test(field)) return false;
  return text.split(/[\s"'`,;()<>]+/).some(isRandom);
}

/** One long run of letters of both cases and digits that no language has. */
function isRandom(run: string): boolean {
  if (run.length < MIN_RANDOM || run.length > MAX_RANDOM || !/^[A-Za-z0-9+_=-]+$/.test(run)) return false;
  const [lower, upper, digits] = [/[a-z]/g, /[A-Z]/g, /\d/g].map(set => run.match(set)?.length ?? 0);
  if ((lower ?? 0) < 3 || (upper ?? 0) < 3 || (digits ?? 0) < 2) return false;
  return entropyOf(run) >= MIN_ENTROPY;
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((bits, n) => bits - (n / text.length) * Math.log2(n / text.length), 0);
}
