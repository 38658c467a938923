import type { SandboxContext } from './context.ts';
import { type Emulation, emulation, textPage } from './http.ts';

export const clayAuthHeader = 'x-clay-webhook-auth';

/** A row that arrived at one of the two table webhooks. */
export interface ClayRow {
  hook: string;
  body: string;
  headers: Record<string, string>;
}

const maxRows = 1_000;

/** Two table webhooks: one open to all, one that wants the auth header. Accepted rows are appended to `rows`. */
export function startClay(context: SandboxContext, rows: ClayRow[]): Promise<Emulation> {
  const { openHook, guardedHook, headerValue } = context.state.secrets.clay;
  return emulation('clay', [], app => {
    app.post('/v3/sources/webhook/:hook', async c => {
      const hook = c.req.param('hook');
      if (hook !== openHook && hook !== guardedHook) return textPage(404, 'Not Found');
      if (hook === guardedHook && c.req.header(clayAuthHeader) !== headerValue) return textPage(401, 'Unauthorized');
      rows.push({ hook, body: await c.req.text(), headers: c.req.header() });
      rows.splice(0, Math.max(0, rows.length - maxRows));
      return textPage(200, 'OK');
    });
  });
}
