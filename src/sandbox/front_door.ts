import type { EmulatedHooks } from '../providers/emulator.ts';
import type { Delivery } from './deliveries.ts';
import { readParams, textPage } from './http.ts';
import type { Offer } from './offers.ts';
import { pageText } from './page.ts';
import type { Delivered } from './start.ts';

type Door = {
  readonly url: string;
  readonly offers: readonly Offer[];
  readonly hooks: (provider: string) => EmulatedHooks;
  readonly deliver: (provider: string, delivery: Delivery) => Promise<Delivered>;
};

/**
 * What a person gets at the sandbox's root: a page that says what to type and has a button for each delivery, which
 * `curl -X POST` does too: `/-/deliver/{provider}?event=&integration=`.
 */
export function openFrontDoor({ url, offers, hooks, deliver }: Door): (request: Request) => Promise<Response> {
  const send = async (id: string, query: URLSearchParams): Promise<Response> => {
    const offer = offers.find(({ provider }) => provider.id === id);
    if (offer === undefined) return textPage(404, `The sandbox plays no ${id}.\n`);
    const event = query.get('event') ?? offer.events[0];
    if (event === undefined) return textPage(404, `${id} delivers nothing.\n`);
    if (!offer.events.includes(event)) return textPage(400, `event must be one of ${offer.events.join(', ')}\n`);
    const target = targetOf(offer, hooks(id), query.get('integration') || undefined);
    if (typeof target === 'string') return textPage(400, `${target}\n`);
    const { status, body, request } = await deliver(id, { event, ...target });
    return textPage(200, `${event} was sent to ${request.url}, which answered ${status}${body && `: ${body}`}\n`);
  };
  return async request => {
    const { pathname, searchParams } = new URL(request.url);
    if (!isOurs(request, url)) return textPage(403, 'The sandbox answers its own page and curl alone.\n');
    const id = /^\/-\/deliver\/(\w+)$/.exec(pathname)?.[1];
    if (id !== undefined) {
      if (request.method !== 'POST') return textPage(405, 'Send it by POST.\n');
      return await send(id, new URLSearchParams([...searchParams, ...(await readParams(request))]));
    }
    if (pathname !== '/') return textPage(404, 'Not Found\n');
    return new Response(pageText(url, offers), { headers: pageHeaders });
  };
}

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
  'Cache-Control': 'no-store',
};

/** Where to, or what is missing to know it. */
function targetOf(
  { provider, aim }: Offer,
  hooks: EmulatedHooks,
  integration: string | undefined,
): Pick<Delivery, 'hook' | 'endpoint'> | string {
  if (aim === 'APP') return {};
  const id = integration?.split('.').at(-1);
  const hook = hooks.all().findLast(({ url }) => id === undefined || url === '' || url.includes(id));
  if (hook !== undefined) return { hook: hook.id };
  if (aim === 'HOOK') return `no webhook of the service stands at ${provider.id}: connect it, and wait a moment`;
  if (integration === undefined) return 'integration is missing: PROJECT.ID, as `mobius integrations list` shows it';
  return { endpoint: integration };
}

/** Neither another site's page in the same browser, nor one that had its name point here. */
function isOurs({ headers }: Request, url: string): boolean {
  const { host, port } = new URL(url);
  const origin = headers.get('origin');
  const isHere = [host, `localhost:${port}`].includes(headers.get('host') ?? '');
  return isHere && (origin === null || origin === `http://${headers.get('host')}`);
}
