import type { Answers, OAuthAnswers, ReferenceAnswers, WebhookAnswers } from '../answers.ts';
import { pathOf } from '../endpoints.ts';
import { hole, literal, nested, title, when, withImports } from '../text.ts';
import { livingOf } from './sample.ts';

/** `emulator.ts`: the vendor as the answers tell of it; what its documentation tells more is the author's to add. */
export function emulatorFile(answers: Answers): string {
  const { docsUrl, oauth, webhook, identity, reference } = answers;
  const route = (method: string, path: string): string => literal(`${method} ${pathOf(`${answers.api}${path}`)}`);
  const who = nested([
    [identity.id, 'account.id'],
    ...(identity.label === identity.id ? [] : ([[identity.label, 'account.label']] as const)),
  ]);
  const label = (name: string): string => literal(identity.label === identity.id ? name : title(name));
  return withImports(
    `
/** Source: ${docsUrl.replace('https://', '')}. */

${reference === undefined ? '' : itemsOf(reference)}

export const emulator: Emulator = {
  accounts: [
    { name: "acme", id: "acme", label: ${label('acme')} },
    { name: "globex", id: "globex", label: ${label('globex')} },
  ],
  ${oauth === undefined ? '' : `oauth: ${oauthOf(oauth)},`}
  ${when(answers.key !== undefined || answers.basic !== undefined, `forms: { ${formsOf(answers)} },`)}
  ${credentialOf(answers)}
  refuse: refusal => ({
    status: { unauthenticated: 401, forbidden: 403, not_found: 404, invalid: 400 }[refusal],
    body: { message: refusal },
  }),
  routes: {
    ${route('GET', identity.path)}: ({ account }) => ({ body: ${who} }),
    ${reference === undefined ? '' : listRoutes(reference, route)}
  },
  ${reference === undefined ? '' : `references: { ${literal(`${answers.id}.${reference.noun}`)}: { values: items.map(idOf) } },`}
  request: { method: "GET", path: ${literal(identity.path)} },
  ${webhook === undefined ? '' : `deliveries: ${deliveriesOf(webhook)},`}
};
`,
    { 'node:crypto': ['createHmac'], '../emulator.ts': ['type Emulator'] },
  );
}

function oauthOf(oauth: OAuthAnswers): string {
  return `{
    authorize: ${literal(pathOf(oauth.authorizeUrl))},
    token: ${literal(pathOf(oauth.tokenUrl))},
    ${when(oauth.revokeUrl !== '', `revoke: ${literal(oauth.revokeUrl === '' ? '' : pathOf(oauth.revokeUrl))},`)}
    client: ${literal(oauth.client)},
    pkce: "OPTIONAL",
    scopes: ${literal(oauth.scopes)},
    ${when(oauth.separator === ',', 'separator: ",",')}
    refresh: ${literal(oauth.refresh)},
    lifeSeconds: ${oauth.lifeSeconds === '' ? 'null' : oauth.lifeSeconds},
  }`;
}

function formsOf({ key, basic, webhook }: Answers): string {
  const signing = when(webhook?.secret === 'INTEGRATION', ', webhook_secret: random(40)');
  return [
    key === undefined ? '' : `API_KEY: random => ({ api_key: random(40)${signing} }),`,
    basic === undefined
      ? ''
      : `BASIC: random => ({ username: "acme", password: random(32)${key === undefined ? signing : ''} }),`,
  ].join('');
}

/** Needed unless all that is shown is a bearer token. */
function credentialOf({ key, basic }: Answers): string {
  const name = key?.header.toLowerCase() ?? 'authorization';
  const words = [
    'Bearer',
    ...(name === 'authorization' && key?.prefix ? [key.prefix] : []),
    ...(basic ? ['Basic'] : []),
  ];
  const inAuthorization = `headers.get("authorization")?.replace(/^(${[...new Set(words)].join('|')}) /, "")`;
  if (name !== 'authorization') {
    const own = `headers.get(${literal(name)})${key?.prefix ? `?.slice(${key.prefix.length + 1})` : ''}`;
    return `credentialOf: ({ headers }) => ${own} ?? ${inAuthorization},`;
  }
  return when(new Set(words).size > 1 || key?.prefix === '', `credentialOf: ({ headers }) => ${inAuthorization},`);
}

function itemsOf({ noun, value, label }: ReferenceAnswers): string {
  const fields = [[value, `\`${noun}_\${i + 1}\``] as const, [label, `\`${title(noun)} \${i + 1}\``] as const];
  return `const items = Array.from({ length: 45 }, (_, i) => (${nested(fields.slice(0, value === label ? 1 : 2))}));
const idOf = (item: (typeof items)[number]) => item.${value};`;
}

function listRoutes(reference: ReferenceAnswers, route: (method: string, path: string) => string): string {
  const one = reference.one.replace('{id}', ':id');
  return `${route('GET', reference.path)}: ${listRoute(reference)},
    ${when(
      one !== '',
      `${one === '' ? '' : route('GET', one)}: ({ params }) => {
      const found = items.find(item => idOf(item) === params.id);
      return found === undefined ? "not_found" : { body: found };
    },`,
    )}`;
}

function listRoute({ items, paging, page }: ReferenceAnswers): string {
  if (paging === 'whole') return `() => ({ body: ${items === '' ? 'items' : nested([[items, 'items']])} })`;
  const by = paging === 'page' || paging === 'link' ? 'number' : paging;
  const style = `{ by: ${literal(by)}, at: ${literal(page.at)}, size: ${literal(page.size)}, most: ${page.most}${when(by === 'last', ', id: idOf')} }`;
  const fields = [
    [items, 'page.items'] as const,
    ...(paging === 'cursor' ? [[page.next, 'page.next ?? null'] as const] : []),
    ...(paging === 'last' ? [[page.more, 'page.next !== undefined'] as const] : []),
  ];
  const body = items === '' ? 'page.items' : nested(fields);
  const headers = when(paging === 'link', `headers: ask.link(${literal(page.at)}, page.next),`);
  return `ask => {
      const page = ask.page(items, ${style});
      return { ${headers} body: ${body} };
    }`;
}

function deliveriesOf(webhook: WebhookAnswers): string {
  const { header, algorithm, encoding, prefix, timestamp, signed, event } = webhook;
  const uses = [
    'payload',
    ...(event.accountAt === '' ? [] : ['account']),
    ...(event.idAt === '' ? [] : ['deliveryId']),
  ];
  const given = [...uses, ...(event.timeAt === '' ? [] : ['time'])].join(', ');
  const text = signed.replace('{timestamp}', () => hole('timestamp')).replace('{body}', () => hole('body'));
  const mac = `createHmac(${literal(algorithm)}, secret).update(${timestamp === '' ? 'body' : `\`${text}\``}).digest(${literal(encoding)})`;
  const signature = timestamp.endsWith('=')
    ? `\`${timestamp}\${timestamp},${prefix}\${${mac}}\``
    : prefix === ''
      ? mac
      : `\`${prefix}\${${mac}}\``;
  const headers = `{ ${literal(header)}: ${signature}${when(isOwnHeader(timestamp), `, ${literal(timestamp)}: timestamp`)} }`;
  const sign =
    timestamp === ''
      ? `({ body, secret }) => (${headers})`
      : `({ body, secret, time }) => {
      const timestamp = String(Math.floor(time.getTime() / 1000));
      return ${headers};
    }`;
  return `{
    body: ({ ${given} }) => (${livingOf(webhook)}),
    sign: ${sign},
    signatureHeader: ${literal(header)},
  }`;
}

const isOwnHeader = (timestamp: string): boolean => timestamp !== '' && !timestamp.endsWith('=');
