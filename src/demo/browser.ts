import { networkFetch } from '../outbound.ts';

/** What a person's browser does while connecting: follows redirects and keeps cookies. */
export type Visit = { readonly status: number; readonly text: string; readonly stops: readonly URL[] };

const maxStops = 10;

/** Visits an address to the end. `onCookie` is told each cookie's value. */
export async function visit(address: string, onCookie: (value: string) => void): Promise<Visit> {
  const cookies = new Map<string, { origin: string; path: string; pair: string }>();
  const stops: URL[] = [];
  for (let url = new URL(address); stops.length < maxStops; ) {
    stops.push(url);
    const cookie = [...cookies.values()]
      .filter(({ origin, path }) => origin === url.origin && url.pathname.startsWith(path))
      .map(({ pair }) => pair)
      .join('; ');
    const answer = await networkFetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const header of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';').map(part => part.trim());
      const path = attributes.find(attribute => /^path=/i.test(attribute))?.slice(5) ?? '/';
      cookies.set(`${url.origin} ${path} ${pair.split('=')[0]}`, { origin: url.origin, path, pair });
      onCookie(pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    const text = await answer.text();
    if (location === null) return { status: answer.status, text, stops };
    url = new URL(location, url);
  }
  throw new Error(`more than ${maxStops} redirects`);
}
