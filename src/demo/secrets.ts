/** Every secret the demo used, by value, with the name it is told under. */
export type SecretBook = {
  /** Values too short to be told from chance are left out. */
  keep(name: string, value: string): void;
  /** Keeps what lies under a name that holds secrets, at any depth. */
  keepFields(name: string, fields: unknown): void;
  readonly entries: ReadonlyMap<string, string>;
};

const leastLength = 8;

export function openSecretBook(): SecretBook {
  const entries = new Map<string, string>();
  const keep = (name: string, value: string): void => {
    if (value.length >= leastLength && !entries.has(value)) entries.set(value, name);
  };
  const keepFields = (name: string, fields: unknown): void => {
    if (typeof fields !== 'object' || fields === null) return;
    for (const [key, value] of Object.entries(fields)) {
      if (typeof value === 'string') {
        if (isSecretName(key) && !isErrorCode(value)) keep(`${name} ${key}`, value);
      } else keepFields(name, value);
    }
  };
  return { keep, keepFields, entries };
}

const secretNames =
  /^(client_?secret|signing_?secret|webhook_?secret|private_?key|(bot|access|refresh|personal|id)?_?token|(platform|project|api)_?key|auth_?header_?value|code|code_verifier|assertion)$/i;

function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

/** `code` is also what GraphQL calls the kind of an error. */
function isErrorCode(value: string): boolean {
  return /^[A-Z_]+$/.test(value);
}

/** The forms in which a secret would betray itself: plain, URL-encoded, hex, base64 at each of its three alignments. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const forms = new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    hex,
    hex.toUpperCase(),
  ]);
  for (const [before, cutStart] of [
    [0, 0],
    [1, 2],
    [2, 3],
  ] as const) {
    // What the neighbours have a part in is cut off at both ends.
    const whole = before + bytes.length;
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const cutEnd = whole % 3 === 0 ? 0 : whole % 3 === 1 ? 3 : 2;
    for (const encoding of ['base64', 'base64url'] as const) {
      const text = shifted
        .toString('base64')
        .slice(cutStart, cutEnd === 0 ? undefined : -cutEnd)
        .replace(/=+$/, '');
      const form = encoding === 'base64' ? text : text.replaceAll('+', '-').replaceAll('/', '_');
      if (form.length >= leastLength) forms.add(form);
    }
  }
  return [...forms];
}

/** A private key is looked for by its lines: line ends differ from store to store. */
export function linesOf(pem: string): string[] {
  return pem.split('\n').filter(line => line.length >= 32 && !line.startsWith('-----'));
}

export type Hit = { readonly name: string; readonly place: string };

/** Where a secret stands, by its name; never the secret itself. */
export function findSecrets(book: SecretBook, places: Readonly<Record<string, string>>): Hit[] {
  const hits: Hit[] = [];
  for (const [secret, name] of book.entries) {
    const forms = formsOf(secret);
    for (const [place, text] of Object.entries(places)) {
      if (forms.some(form => text.includes(form))) hits.push({ name, place });
    }
  }
  return hits;
}
