/** Cookies of the console: for this origin's `/console` alone, out of reach of scripts. */
export type Cookie = { readonly name: string; readonly sameSite: 'Strict' | 'Lax'; readonly maxAgeSeconds: number };

/** On https the name itself makes browsers demand `Secure`. */
export function cookieName(name: string, isHttps: boolean): string {
  return isHttps ? `__Secure-mobius_${name}` : `mobius_${name}`;
}

/** A `set-cookie` value; an empty `value` removes the cookie. */
export function setCookie({ name, sameSite, maxAgeSeconds }: Cookie, value: string, isHttps: boolean): string {
  const age = value === '' ? 0 : Math.max(0, Math.floor(maxAgeSeconds));
  const secure = isHttps ? '; Secure' : '';
  return `${cookieName(name, isHttps)}=${value}; Path=/console; HttpOnly; SameSite=${sameSite}; Max-Age=${age}${secure}`;
}

export function readCookie(header: string | undefined, name: string, isHttps: boolean): string | undefined {
  const wanted = cookieName(name, isHttps);
  for (const pair of (header ?? '').split(';').slice(0, 100)) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === wanted) return value;
  }
  return undefined;
}
