import { ScaffoldError } from './checkout.ts';
import { questions } from './question_list.ts';
import { applies, conditionOf, fallbackOf, type Given, listOf } from './questions.ts';

/** What a new provider is, as its author said it. */
export type Answers = {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly category: string;
  readonly docsUrl: string;
  readonly logo: string;
  readonly api: string;
  readonly identity: { readonly path: string; readonly id: string; readonly label: string };
  readonly oauth?: OAuthAnswers;
  readonly key?: { readonly header: string; readonly prefix: string; readonly hint: string };
  readonly basic?: { readonly user: string; readonly password: string };
  readonly webhook?: WebhookAnswers;
  readonly action?: ActionAnswers;
  readonly reference?: ReferenceAnswers;
};

export type OAuthAnswers = {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  readonly scopes: readonly string[];
  readonly separator: ' ' | ',';
  readonly pkce: boolean;
  readonly client: string;
  readonly refresh: string;
  /** Empty: access tokens do not end. */
  readonly lifeSeconds: string;
};

export type WebhookAnswers = {
  readonly secret: 'PLATFORM_APP' | 'INTEGRATION';
  readonly header: string;
  readonly algorithm: string;
  readonly encoding: string;
  readonly prefix: string;
  /** A header, or a part of the signature's header such as `t=`; empty: no time is signed. */
  readonly timestamp: string;
  readonly signed: string;
  readonly event: {
    readonly name: string;
    readonly description: string;
    readonly kindAt: string;
    readonly kind: string;
    readonly idAt: string;
    readonly accountAt: string;
    readonly timeAt: string;
  };
};

export type ActionAnswers = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: string;
  readonly scopes: readonly string[];
  readonly input: readonly string[];
  readonly output: string;
};

export type ReferenceAnswers = {
  readonly noun: string;
  readonly description: string;
  readonly path: string;
  readonly items: string;
  readonly value: string;
  readonly label: string;
  readonly one: string;
  readonly scopes: readonly string[];
  readonly paging: string;
  readonly page: {
    readonly at: string;
    readonly size: string;
    readonly most: string;
    readonly next: string;
    readonly more: string;
  };
};

/** Fills in what holds where nothing is said. Refuses all that is missing, wrong or out of place, at once. */
export function completed(said: Given): Given {
  const given: Record<string, string> = {};
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const question of questions) {
    const { flag } = question;
    const text = said[flag];
    if (!applies(question, given)) {
      if (text !== undefined) wrong.push(`--${flag}: only with ${conditionOf(question)}`);
      continue;
    }
    const answer = text ?? fallbackOf(question, given);
    const problem = answer === undefined || answer === '' ? undefined : question.check(answer, given);
    if (answer === undefined || (answer === '' && question.fallback === undefined)) missing.push(`--${flag}`);
    else if (problem !== undefined) wrong.push(`--${flag}: ${problem}`);
    given[flag] = answer ?? '';
  }
  if (missing.length > 0) wrong.unshift(`missing: ${missing.join(', ')}`);
  if (wrong.length > 0) throw new ScaffoldError(wrong.join('; '));
  return given;
}

/** The completed answers by what they are for. */
export function answersOf(id: string, given: Given): Answers {
  const of = (flag: string): string => given[flag] ?? '';
  const ways = listOf(of('connect'));
  return {
    id,
    displayName: of('name'),
    description: of('description'),
    category: of('category'),
    docsUrl: of('docs'),
    logo: of('logo'),
    api: of('api'),
    identity: { path: of('identity'), id: of('identity-id'), label: of('identity-label') },
    ...(ways.includes('oauth') && { oauth: oauthOf(of) }),
    ...(ways.includes('key') && { key: { header: of('key-header'), prefix: of('key-prefix'), hint: of('key-hint') } }),
    ...(ways.includes('basic') && { basic: { user: of('basic-user'), password: of('basic-password') } }),
    ...(of('webhook') === 'hmac' && { webhook: webhookOf(of) }),
    ...(of('action') !== '' && { action: actionOf(of) }),
    ...(of('reference') !== '' && { reference: referenceOf(of) }),
  };
}

type Of = (flag: string) => string;

function oauthOf(of: Of): OAuthAnswers {
  return {
    authorizeUrl: of('authorize-url'),
    tokenUrl: of('token-url'),
    revokeUrl: of('revoke-url'),
    scopes: listOf(of('scopes')),
    separator: of('scope-separator') === 'comma' ? ',' : ' ',
    pkce: of('pkce') === 'yes',
    client: of('client-auth'),
    refresh: of('refresh').toUpperCase(),
    lifeSeconds: of('token-life'),
  };
}

function webhookOf(of: Of): WebhookAnswers {
  return {
    secret: of('webhook-secret') === 'app' ? 'PLATFORM_APP' : 'INTEGRATION',
    header: of('webhook-header').toLowerCase(),
    algorithm: of('webhook-algorithm'),
    encoding: of('webhook-encoding'),
    prefix: of('webhook-prefix'),
    timestamp: of('webhook-timestamp').toLowerCase(),
    signed: of('webhook-signed'),
    event: {
      name: of('event'),
      description: of('event-description'),
      kindAt: of('event-kind-at'),
      kind: of('event-kind'),
      idAt: of('event-id-at'),
      accountAt: of('event-account-at'),
      timeAt: of('event-time-at'),
    },
  };
}

function actionOf(of: Of): ActionAnswers {
  return {
    name: of('action'),
    title: of('action-title'),
    description: of('action-description'),
    effect: of('action-effect').toUpperCase(),
    scopes: listOf(of('action-scope')),
    input: listOf(of('action-input')),
    output: of('action-output'),
  };
}

function referenceOf(of: Of): ReferenceAnswers {
  return {
    noun: of('reference'),
    description: of('reference-description'),
    path: of('reference-path'),
    items: of('reference-items'),
    value: of('reference-value'),
    label: of('reference-label'),
    one: of('reference-one'),
    scopes: listOf(of('reference-scope')),
    paging: of('paging'),
    page: {
      at: of('paging') === 'link' ? 'page' : of('page-at'),
      size: of('page-size'),
      most: of('page-most'),
      next: of('page-next'),
      more: of('page-more'),
    },
  };
}
