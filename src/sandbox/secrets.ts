import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

/** Everything secret in the sandbox, generated once and kept over restarts when a state file is given. */
export interface Secrets {
  slack: { clientId: string; clientSecret: string; signingSecret: string; botToken: string };
  github: {
    clientId: string;
    clientSecret: string;
    webhookSecret: string;
    /** PKCS#1 PEM, as the vendor's console hands it out. */
    privateKey: string;
    personalToken: string;
  };
  linear: { clientId: string; clientSecret: string; webhookSecret: string; apiKey: string };
  google: { clientId: string; clientSecret: string; serviceKey: string; serviceKeyId: string };
  jira: { clientId: string; clientSecret: string; webhookSecret: string; apiToken: string };
  openai: { platformKey: string; projectKey: string; webhookSecret: string };
  clay: { openHook: string; guardedHook: string; headerValue: string };
}

/** Makes two 2048-bit RSA keys, in parallel on the thread pool, and the rest from the system's random source. */
export async function newSecrets(): Promise<Secrets> {
  const [app, service] = await Promise.all([rsaKey('pkcs1'), rsaKey('pkcs8')]);
  return {
    slack: {
      clientId: `${digits(11)}.${digits(12)}`,
      clientSecret: hex(16),
      signingSecret: hex(16),
      botToken: slackBotToken(),
    },
    github: {
      clientId: `Iv23li${opaque(11)}`,
      clientSecret: hex(20),
      webhookSecret: hex(20),
      privateKey: app,
      personalToken: `github_pat_${opaque(40)}`,
    },
    linear: {
      clientId: hex(16),
      clientSecret: hex(16),
      webhookSecret: `lin_wh_${opaque(20)}`,
      apiKey: `lin_api_${opaque(30)}`,
    },
    google: {
      clientId: `${digits(12)}-${hex(16)}.apps.googleusercontent.com`,
      clientSecret: `GOCSPX-${opaque(21)}`,
      serviceKey: service,
      serviceKeyId: hex(20),
    },
    jira: { clientId: opaque(24), clientSecret: `ATOA${opaque(48)}`, webhookSecret: hex(20), apiToken: jiraApiToken() },
    openai: {
      platformKey: `sk-proj-${opaque(48)}`,
      projectKey: `sk-proj-${opaque(48)}`,
      webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    },
    clay: { openHook: opaque(20), guardedHook: opaque(20), headerValue: opaque(24) },
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function slackBotToken(): string {
  return `xoxb-${digits(11)}-${digits(12)}-${opaque(24)}`;
}

export function jiraApiToken(): string {
  return `ATATT3x${opaque(60)}`;
}

/** Random letters and digits, the alphabet every vendor's tokens stay within. */
export function opaque(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function digits(length: number): string {
  return Array.from({ length }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join('');
}

async function rsaKey(type: 'pkcs1' | 'pkcs8'): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type, format: 'pem' },
  });
  return privateKey;
}
