import {
  type Check,
  type Given,
  header,
  listOf,
  matching,
  oneOf,
  parameter,
  path,
  place,
  type Question,
  sentence,
  words,
} from './questions.ts';

/** What is asked of what it offers: events, actions, things to pick. */

const count = matching(/^[1-9]\d{0,3}$/, 'a number from 1 to 9999');
const objectVerb = matching(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, 'resource.verb in lower case, such as form.created');
const noun = matching(/^[a-z][a-z0-9_]*$/, 'a noun in lower case, such as form');
/** A scope must be one that people are asked for. */
const askedFor = (text: string, given: Given): string | undefined => {
  const unknown = listOf(text).find(scope => !listOf(given.scopes ?? '').includes(scope));
  return unknown === undefined ? undefined : `${unknown} is not among --scopes`;
};
const secrets = oneOf('app', 'integration');
const signer: Check = Object.assign(
  (text: string, given: Given) =>
    text === 'integration' && given.connect === 'oauth'
      ? 'a secret of each integration is entered with a key or a password: add key or basic to --connect'
      : secrets(text, given),
  { values: secrets.values },
);
/** A list that is the whole answer has nothing beside it. */
const besideItems = (text: string, given: Given): string | undefined =>
  given['reference-items'] === '' ? 'wants --reference-items to say where the list stands' : place(text, given);

export const events: readonly Question[] = [
  { flag: 'webhook', ask: 'Webhooks', fallback: 'none', check: oneOf('none', 'hmac') },
  {
    flag: 'webhook-secret',
    ask: 'Whose secret signs, the operator’s app’s or one that people enter with their key',
    when: ['webhook', 'hmac'],
    check: signer,
  },
  { flag: 'webhook-header', ask: 'Header with the signature', when: ['webhook', 'hmac'], check: header },
  {
    flag: 'webhook-algorithm',
    ask: 'Hash',
    when: ['webhook', 'hmac'],
    fallback: 'sha256',
    check: oneOf('sha256', 'sha1', 'sha512'),
  },
  {
    flag: 'webhook-encoding',
    ask: 'Encoding of the signature',
    when: ['webhook', 'hmac'],
    fallback: 'hex',
    check: oneOf('hex', 'base64'),
  },
  {
    flag: 'webhook-prefix',
    ask: 'What stands before the signature, such as sha256=',
    when: ['webhook', 'hmac'],
    fallback: '',
    check: matching(/^[\w-]+=?$/, 'letters, digits and an equals sign'),
  },
  {
    flag: 'webhook-timestamp',
    ask: 'Header with the signed time in seconds, or its part of the signature’s header such as t=',
    when: ['webhook', 'hmac'],
    fallback: '',
    check: (text, given) => {
      if (!text.endsWith('=')) return header(text, given);
      const isParted = /^\w+=$/.test(text) && (given['webhook-prefix'] ?? '').endsWith('=');
      return isParted ? undefined : 'a part of the signature’s header wants --webhook-prefix to name the other, as v1=';
    },
  },
  {
    flag: 'webhook-signed',
    ask: 'What is signed, of {timestamp} and {body}',
    when: ['webhook-timestamp'],
    fallback: '{timestamp}.{body}',
    check: matching(/^[^{}\\`$]*\{timestamp\}[^{}\\`$]*\{body\}$/, 'both, the body last, such as {timestamp}.{body}'),
  },
  { flag: 'event', ask: 'An event type, as resource.verb', when: ['webhook', 'hmac'], check: objectVerb },
  { flag: 'event-description', ask: 'When it happens, in a sentence', when: ['webhook', 'hmac'], check: sentence },
  { flag: 'event-kind-at', ask: 'Where a delivery names its kind', when: ['webhook', 'hmac'], check: place },
  {
    flag: 'event-kind',
    ask: 'What stands there',
    when: ['webhook', 'hmac'],
    check: matching(/^[\w.:/-]{1,100}$/, 'the vendor’s name of the event'),
  },
  {
    flag: 'event-id-at',
    ask: 'Where a delivery’s own id stands',
    when: ['webhook', 'hmac'],
    fallback: '',
    check: place,
  },
  {
    flag: 'event-account-at',
    ask: 'Where the account’s id stands, the one that the identity answers',
    when: ['webhook-secret', 'app'],
    check: place,
  },
  {
    flag: 'event-time-at',
    ask: 'Where the time of the happening stands (ISO 8601)',
    when: ['webhook', 'hmac'],
    fallback: '',
    check: place,
  },
];

export const actions: readonly Question[] = [
  { flag: 'action', ask: 'An action, as resource.verb', fallback: '', check: objectVerb },
  { flag: 'action-title', ask: 'Its title', when: ['action'], check: words(60) },
  { flag: 'action-description', ask: 'What it does, in a sentence', when: ['action'], check: sentence },
  {
    flag: 'action-effect',
    ask: 'What it does; setting twice is once, adding twice is two',
    when: ['action'],
    check: oneOf('reads', 'sets', 'adds', 'removes'),
  },
  { flag: 'action-scope', ask: 'Scopes it needs', when: ['action'], fallback: '', check: askedFor },
  {
    flag: 'action-input',
    ask: 'Texts it takes, optional ones with a question mark (title,body?)',
    when: ['action'],
    fallback: '',
    check: matching(/^[a-z][a-z0-9_]*\??(,\s*[a-z][a-z0-9_]*\??)*$/, 'names in lower case, separated by commas'),
  },
  { flag: 'action-output', ask: 'A text that its answer always has', when: ['action'], fallback: 'id', check: noun },
];

export const references: readonly Question[] = [
  { flag: 'reference', ask: 'A kind of thing that people pick, such as form', fallback: '', check: noun },
  { flag: 'reference-description', ask: 'What it is, in a sentence', when: ['reference'], check: sentence },
  { flag: 'reference-path', ask: 'Path of the list', when: ['reference'], check: path },
  {
    flag: 'reference-items',
    ask: 'Where the list stands in the answer',
    when: ['reference'],
    fallback: '',
    check: place,
  },
  { flag: 'reference-value', ask: 'Where an item’s id stands', when: ['reference'], fallback: 'id', check: place },
  { flag: 'reference-label', ask: 'Where its name stands', when: ['reference'], fallback: 'name', check: place },
  {
    flag: 'reference-one',
    ask: 'Path of one, with {id}',
    when: ['reference'],
    fallback: '',
    check: matching(/^\/[^\s?#{}]*\{id\}[^\s?#{}]*$/, 'a path with {id}, such as /forms/{id}'),
  },
  { flag: 'reference-scope', ask: 'Scopes it needs', when: ['reference'], fallback: '', check: askedFor },
  {
    flag: 'paging',
    ask: 'Pages, by cursor, offset, number, number in the Link header, id of the last item, or none',
    when: ['reference'],
    check: oneOf('cursor', 'offset', 'page', 'link', 'last', 'whole'),
  },
  {
    flag: 'page-at',
    ask: 'Parameter that says where a page begins',
    when: ['paging', 'cursor', 'offset', 'page', 'last'],
    check: parameter,
  },
  {
    flag: 'page-size',
    ask: 'Parameter with its size',
    when: ['paging', 'cursor', 'offset', 'page', 'link', 'last'],
    check: parameter,
  },
  {
    flag: 'page-most',
    ask: 'Its largest size',
    when: ['paging', 'cursor', 'offset', 'page', 'link', 'last'],
    check: count,
  },
  {
    flag: 'page-next',
    ask: 'Where the answer names the next cursor',
    when: ['paging', 'cursor'],
    check: besideItems,
  },
  {
    flag: 'page-more',
    ask: 'Where the answer says whether there are more',
    when: ['paging', 'last'],
    check: besideItems,
  },
];
