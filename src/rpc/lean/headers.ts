/** What an interceptor may do with headers. */
type Light = Headers & { readonly [FIELDS]: Map<string, string> };
const FIELDS = Symbol('fields');

/**
 * Headers as calls come with and answers leave with: the same doings as `Headers` for names and values that HTTP/2 has
 * checked already or that are our own. A call makes three, and with Node's that was 5 of its 50 µs.
 */
export function lightHeaders(fields: Readonly<NodeJS.Dict<string | string[]>> = {}): Headers {
  const known = new Map<string, string>();
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined || name.charCodeAt(0) === COLON) continue;
    known.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  const light = Object.create(doings) as { [FIELDS]: Map<string, string> };
  light[FIELDS] = known;
  return light as unknown as Light;
}

const COLON = 58;

const doings: Headers & ThisType<Light> = {
  get(name) {
    return this[FIELDS].get(name.toLowerCase()) ?? null;
  },
  has(name) {
    return this[FIELDS].has(name.toLowerCase());
  },
  set(name, value) {
    this[FIELDS].set(name.toLowerCase(), String(value));
  },
  append(name, value) {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  },
  delete(name) {
    this[FIELDS].delete(name.toLowerCase());
  },
  forEach(each, self) {
    for (const [name, value] of this[FIELDS]) each.call(self, value, name, this);
  },
  getSetCookie() {
    const value = this.get('set-cookie');
    return value === null ? [] : [value];
  },
  keys() {
    return this[FIELDS].keys();
  },
  values() {
    return this[FIELDS].values();
  },
  entries() {
    return this[FIELDS].entries();
  },
  [Symbol.iterator]() {
    return this[FIELDS].entries();
  },
};
