/** A browser as far as connecting goes: follows redirects and keeps cookies by host and path. */
export type Browser = {
  /** Opens the address and follows redirects to the end; answers each stop. */
  readonly open: (
    url: string,
    stopAt?: (url: URL) => boolean,
  ) => Promise<{ url: URL; status: number; text: string; stops: URL[] }>;
  /** Every cookie value it was ever given. */
  readonly cookiesSeen: readonly string[];
};

export function openBrowser(): Browser {
  const jar: { origin: string; path: string; name: string; value: string }[] = [];
  const cookiesSeen: string[] = [];
  const keep = (url: URL, header: string): void => {
    const [pair = '', ...attributes] = header.split(';').map(part => part.trim());
    const [name = '', value = ''] = pair.split('=', 2);
    const path = attributes.find(a => a.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const at = jar.findIndex(c => c.origin === url.origin && c.name === name && c.path === path);
    if (at >= 0) jar.splice(at, 1);
    if (value !== '') {
      jar.push({ origin: url.origin, path, name, value });
      cookiesSeen.push(value);
    }
  };
  return {
    cookiesSeen,
    open: async (address, stopAt = () => false) => {
      let url = new URL(address);
      const stops: URL[] = [];
      for (let hop = 0; hop < 10; hop++) {
        stops.push(url);
        const cookie = jar
          .filter(c => c.origin === url.origin && url.pathname.startsWith(c.path))
          .map(c => `${c.name}=${c.value}`)
          .join('; ');
        const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
        for (const header of answer.headers.getSetCookie()) keep(url, header);
        const location = answer.headers.get('location');
        const text = await answer.text();
        if (location === null) return { url, status: answer.status, text, stops };
        url = new URL(location, url);
        if (stopAt(url)) return { url, status: answer.status, text, stops };
      }
      throw new Error('too many redirects');
    },
  };
}
