import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkFetch, openCall } from '../src/outbound.ts';
import { oauth, serviceAccount } from '../src/providers/google_sheets/auth.ts';
import { googleSheets } from '../src/providers/google_sheets/index.ts';
import { ProviderError } from '../src/providers/kit/error.ts';
import type { ConnectMethod, OpenCredential, ProviderCall } from '../src/providers/provider.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { reveal, Secret } from '../src/secret.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox?.stop());

function open(method: ConnectMethod, secrets: Record<string, Secret>, withHeaders = true): ProviderCall {
  const credential: OpenCredential = { kind: method.authKind, secrets };
  return openCall({
    fetch: networkFetch,
    now: () => new Date(),
    provider: googleSheets,
    endpoints: sandbox.endpoints.google_sheets,
    app: undefined,
    credential,
    config: {},
    headers: withHeaders ? method.headers(credential, {}) : {},
  });
}

function kindOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof ProviderError ? error.failure.kind : String(error)),
  );
}

function type(name: string) {
  const found = googleSheets.references.find(each => each.name === name);
  if (found?.source !== 'PROVIDER') throw new Error(`${name} is not looked up`);
  return found;
}

/** Consents and exchanges the code, with PKCE, as a browser and our callback would. */
async function grant(): Promise<Record<string, Secret>> {
  const { clientId, clientSecret } = sandbox.seeds.google_sheets;
  const redirect = 'http://127.0.0.1:1/v1/provider/google_sheets/callback';
  const verifier = 'v'.repeat(64);
  const asked = new URLSearchParams({
    ...oauth.authorizeParams,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirect,
    scope: oauth.scopes.default.join(oauth.scopes.separator),
    state: 's',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await fetch(`${oauth.authorizeUrl(sandbox.endpoints.google_sheets)}?${asked}`, { redirect: 'manual' });
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: new URL(back.headers.get('location')!).searchParams.get('code')!,
    redirect_uri: redirect,
    client_id: clientId,
    client_secret: clientSecret,
    code_verifier: verifier,
  });
  const answer = await fetch(oauth.tokenUrl(sandbox.endpoints.google_sheets), { method: 'POST', body });
  const tokens = (await answer.json()) as Record<string, string>;
  return {
    access_token: new Secret(tokens.access_token!),
    refresh_token: new Secret(tokens.refresh_token!),
  };
}

describe('a person’s grant', () => {
  test('says who it is, finds spreadsheets, sheets and columns, and ends when revoked', async () => {
    const call = open(oauth, await grant());
    const [user] = sandbox.seeds.google_sheets.users;
    expect((await oauth.identify(call)).account).toEqual({ id: user!.sub, label: user!.email });

    const spreadsheets = type('google_sheets.spreadsheet');
    const all = await spreadsheets.list(call, { q: '', dependsOn: {}, pageSize: 1 });
    expect(all).toMatchObject({ items: [{ label: 'Deploy log' }], nextCursor: expect.any(String) });
    const next = await spreadsheets.list(call, { q: '', dependsOn: {}, pageSize: 1, cursor: all.nextCursor! });
    expect(next).toMatchObject({ items: [{ label: 'Leads' }] });
    const found = await spreadsheets.list(call, { q: 'deploy', dependsOn: {}, pageSize: 10 });
    const spreadsheet = found.items[0]!.value;
    const resolved = await spreadsheets.resolve(call, { values: [spreadsheet, '1NoSuchSpreadsheet'], dependsOn: {} });
    expect(resolved).toMatchObject([{ value: spreadsheet, state: 'PRESENT' }]);

    const sheets = await type('google_sheets.sheet').list(call, { q: '', dependsOn: { spreadsheet }, pageSize: 10 });
    expect(sheets.items.map(({ value, label }) => [value, label])).toEqual([
      ['0', 'Deploys'],
      ['417', 'Owners'],
    ]);
    const dependsOn = { spreadsheet, sheet: '0' };
    const columns = await type('google_sheets.column').list(call, { q: '', dependsOn, pageSize: 10 });
    expect(columns.items.map(({ value, label }) => [value, label])).toEqual([
      ['A', 'Time'],
      ['B', 'Service'],
      ['C', 'Version'],
    ]);

    await oauth.revoke!(call);
    expect(await kindOf(oauth.identify(call))).toBe('refused');
  });
});

describe('a service account', () => {
  const keyFile = (changes: object = {}) => ({
    service_account_json: new Secret(JSON.stringify({ ...sandbox.seeds.google_sheets.serviceAccount, ...changes })),
  });

  test('mints a token that reads what was shared with it', async () => {
    const secrets = keyFile();
    const minting = open(serviceAccount, secrets, false);
    const { accessToken, expireTime } = await serviceAccount.mint!(minting);
    expect(reveal(accessToken)).toMatch(/^ya29\./);
    expect(Math.abs(expireTime.getTime() - Date.now() - 3_599_000)).toBeLessThan(30_000);
    const call = open(serviceAccount, { ...secrets, access_token: accessToken });
    const { client_email: email } = sandbox.seeds.google_sheets.serviceAccount;
    expect((await serviceAccount.identify(call)).account).toEqual({ id: email, label: email });
    const page = await type('google_sheets.spreadsheet').list(call, { q: '', dependsOn: {}, pageSize: 10 });
    expect(page.items.map(({ label }) => label)).toEqual(['Deploy log']);
  });

  test('never sends anything to the address its file names', async () => {
    const before = sandbox.count({ provider: 'google_sheets', method: 'POST', path: /\/token$/ });
    await serviceAccount.mint!(open(serviceAccount, keyFile({ token_uri: 'http://169.254.169.254/token' }), false));
    expect(sandbox.count({ provider: 'google_sheets', method: 'POST', path: /\/token$/ })).toBe(before + 1);
  });

  test('is refused with another’s key, another’s address, or a file that is none', async () => {
    const { seeds } = sandbox;
    const mint = (changes: object) => kindOf(serviceAccount.mint!(open(serviceAccount, keyFile(changes), false)));
    expect(await mint({ private_key: seeds.github.privateKey })).toBe('refused');
    expect(await mint({ client_email: 'somebody@else.iam.gserviceaccount.com' })).toBe('refused');
    expect(await mint({ private_key: 'no key' })).toBe('refused');
    expect(await mint({ type: 'authorized_user' })).toBe('refused');
    for (const text of ['', '{', '[]', 'null', '"x"', '['.repeat(5_000)]) {
      const call = open(serviceAccount, { service_account_json: new Secret(text) }, false);
      expect(await kindOf(serviceAccount.mint!(call)), text.slice(0, 9)).toBe('refused');
      expect(await kindOf(serviceAccount.identify(call)), text.slice(0, 9)).toBe('refused');
    }
  });
});
