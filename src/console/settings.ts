import type { Secret } from '../secret.ts';

/** What the operator decides about the console. */
export type ConsoleSettings = {
  /** Our client at the issuer of callers' tokens. */
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret: Secret | undefined;
  /** Of what is asked for in the authorization request; `openid` is among them. */
  readonly scope: string;
  /** The first seals sessions, all open them. The same in every process. */
  readonly sessionKeys: readonly Secret[];
};
