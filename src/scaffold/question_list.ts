import type { Category } from '../providers/category.ts';
import { actions, events, references } from './question_list_offers.ts';
import { address, header, matching, oneOf, path, place, type Question, sentence, someOf, words } from './questions.ts';

const CATEGORIES: Readonly<Record<Category, true>> = {
  'Code and DevOps': true,
  'Sales & CRM': true,
  'Issue Tracking': true,
  Productivity: true,
  Messaging: true,
  'Social Media': true,
  Email: true,
  Actions: true,
  'Web and Data': true,
  Storage: true,
  Environments: true,
  'Models and AI': true,
  Other: true,
};

const yesNo = oneOf('yes', 'no');
const scopeNames = matching(/^[^\s,"'\\]+(,\s*[^\s,"'\\]+)*$/, 'scopes separated by commas');
const life = matching(/^[1-9]\d{0,8}$/, 'seconds');

const about: readonly Question[] = [
  { flag: 'name', ask: 'Name as people know it', check: words(60) },
  { flag: 'description', ask: 'What it offers, in a sentence', check: sentence },
  { flag: 'category', ask: 'Category', check: oneOf(...Object.keys(CATEGORIES)) },
  { flag: 'docs', ask: 'Address of the developer documentation', check: address },
  {
    flag: 'logo',
    ask: 'Slug of its mark in simple-icons, or monogram',
    fallback: 'monogram',
    check: matching(/^[a-z0-9]+$/, 'lower case letters and digits'),
  },
  { flag: 'api', ask: 'API base URL', check: address },
  { flag: 'identity', ask: 'Path that says who the credential belongs to', check: path },
  { flag: 'identity-id', ask: 'Where the account’s id stands in that answer', fallback: 'id', check: place },
  { flag: 'identity-label', ask: 'Where its name stands', fallback: 'name', check: place },
];

const connecting: readonly Question[] = [
  { flag: 'connect', ask: 'How people connect', check: someOf('oauth', 'key', 'basic') },
  { flag: 'authorize-url', ask: 'Authorize URL', when: ['connect', 'oauth'], check: address },
  { flag: 'token-url', ask: 'Token URL', when: ['connect', 'oauth'], check: address },
  { flag: 'revoke-url', ask: 'Revoke URL (RFC 7009)', when: ['connect', 'oauth'], fallback: '', check: address },
  { flag: 'scopes', ask: 'Scopes to ask for', when: ['connect', 'oauth'], fallback: '', check: scopeNames },
  {
    flag: 'scope-separator',
    ask: 'What separates scopes',
    when: ['connect', 'oauth'],
    fallback: 'space',
    check: oneOf('space', 'comma'),
  },
  { flag: 'pkce', ask: 'Takes PKCE with S256', when: ['connect', 'oauth'], check: yesNo },
  {
    flag: 'client-auth',
    ask: 'How the client authenticates at the token URL',
    when: ['connect', 'oauth'],
    check: oneOf('body', 'basic'),
  },
  {
    flag: 'refresh',
    ask: 'Refresh tokens, good once or until revoked',
    when: ['connect', 'oauth'],
    check: oneOf('rotating', 'reusable', 'none'),
  },
  {
    flag: 'token-life',
    ask: 'Seconds that an access token lives',
    when: ['refresh', 'rotating', 'reusable'],
    check: life,
  },
  { flag: 'key-header', ask: 'Header of the key', when: ['connect', 'key'], fallback: 'Authorization', check: header },
  {
    flag: 'key-prefix',
    ask: 'Word before the key in that header',
    when: ['connect', 'key'],
    fallback: given => (given['key-header']?.toLowerCase() === 'authorization' ? 'Bearer' : ''),
    check: matching(/^[\w-]+$/, 'one word'),
  },
  {
    flag: 'key-hint',
    ask: 'Where people find the key, in a sentence',
    when: ['connect', 'key'],
    check: sentence,
  },
  { flag: 'basic-user', ask: 'What the vendor calls the user', when: ['connect', 'basic'], check: words(60) },
  { flag: 'basic-password', ask: 'What it calls the password', when: ['connect', 'basic'], check: words(60) },
];

/** All of them, in the order they are asked. */
export const questions: readonly Question[] = [...about, ...connecting, ...events, ...actions, ...references];
