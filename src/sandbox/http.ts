import { createEmulator, defineEmulator, type EmulatorContext } from 'emulate';

/** The router the emulator package gives to its own emulators. */
export type App = EmulatorContext<object>['app'];

/** One emulated provider as the gate sees it: paths are the vendor's, without the provider's prefix. */
export interface Emulation {
  id: string;
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Builds an emulation from routes; `inner` is what it forwards to and closes with it. */
export async function emulation(
  id: string,
  inner: readonly { close(): Promise<void> }[],
  setup: (app: App) => void,
): Promise<Emulation> {
  const service = defineEmulator({
    name: id.replaceAll('_', '-'),
    state: () => ({}),
    cors: false,
    setup: ({ app }) => setup(app),
  });
  const runtime = await createEmulator({ service, listen: false });
  return {
    id,
    fetch: request => runtime.fetch(request),
    async close() {
      await Promise.all([runtime.close(), ...inner.map(each => each.close())]);
    },
  };
}

export function bearer(request: Request): string {
  return /^(?:Bearer|token) (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim() ?? '';
}

/** Body parameters of a form or JSON request; an unreadable body has none. */
export async function readParams(request: Request): Promise<URLSearchParams> {
  const text = await request.clone().text();
  if (!request.headers.get('content-type')?.includes('json')) return new URLSearchParams(text);
  const body = parseObject(text) ?? {};
  return new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]));
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function textPage(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
}

/** Slices a list by offset and says where the next page starts. */
export function pageOf<T>(items: readonly T[], offset: number, size: number): { items: T[]; next: number | null } {
  const end = offset + size;
  return { items: items.slice(offset, end), next: end < items.length ? end : null };
}
