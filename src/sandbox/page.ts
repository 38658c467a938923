import type { ConnectMethod } from '../providers/provider.ts';
import type { Form, Offer } from './offers.ts';

/** By provider, the lines that connect it, what they type being the sandbox's own, and a button for each delivery. */
export function pageText(url: string, offers: readonly Offer[]): string {
  const sections = offers.map(offer => sectionOf(url, offer));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sandbox</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#8881;padding:.5rem;overflow-x:auto}
form{display:inline-block;margin:.15rem}input{width:16rem}</style>
<h1>The vendors of this sandbox</h1>
<p>Nothing here is real: the keys open this sandbox alone. A line that prints a link waits until it is opened; the page there consents by itself.</p>
${sections.join('\n')}
</html>
`;
}

/** The command that connects it that way. */
export function connectLine({ provider, forms }: Offer, method: ConnectMethod): string {
  const redirects = method.mode === 'OAUTH_REDIRECT' || method.mode === 'APP_INSTALL';
  const form = forms[method.authKind] ?? {};
  const known = 'schema' in method ? method.schema.properties : 'settings' in method ? method.settings?.properties : {};
  const flag = redirects ? '--config' : '--set';
  const kind = method.authKind.toLowerCase();
  return [
    `npx mobius integrations connect ${provider.id} --auth-kind ${kind}`,
    ...fieldsOf(form, (known ?? {}) as object).map(([name, value]) => `${flag} ${quoted(`${name}=${value}`)}`),
    ...(redirects ? ['--wait'] : []),
  ].join(' ');
}

function sectionOf(url: string, offer: Offer): string {
  const { id, displayName, connect } = offer.provider;
  const lines = connect.map(method => connectLine(offer, method));
  const where = offer.aim === 'INTEGRATION' ? '<input name="integration" placeholder="PROJECT.INTEGRATION">' : '';
  const buttons = offer.events.map(
    event =>
      `<form method="post" action="/-/deliver/${id}?event=${encodeURIComponent(event)}">${where}<button>${escaped(event)}</button></form>`,
  );
  const curl = `curl -X POST '${url}/-/deliver/${id}?event=${encodeURIComponent(offer.events[0] ?? '')}`;
  const asked = offer.aim === 'INTEGRATION' ? '&integration=PROJECT.INTEGRATION' : '';
  return [
    `<h2 id="${id}">${escaped(displayName)}</h2><pre>${escaped(lines.join('\n'))}</pre>`,
    ...(buttons.length === 0 ? [] : [`<p>Deliver: ${buttons.join('')}</p><pre>${escaped(`${curl}${asked}'`)}</pre>`]),
  ].join('\n');
}

function fieldsOf(form: Form, known: object): readonly [string, string][] {
  return Object.entries(form).filter(([name]) => name in known);
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w./:@%+,=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, found => `&#${found.charCodeAt(0)};`);
}
