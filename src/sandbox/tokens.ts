export type TokenKind = 'code' | 'access' | 'refresh' | 'key' | 'client';

export interface Token {
  provider: string;
  kind: TokenKind;
  value: string;
  /** Name of the emulated account it belongs to. */
  account: string;
  /** Client id, or '' for keys a person made. */
  client: string;
  scopes: string[];
  /** Tokens of one consent share it. */
  grant: string;
  /** null = never. */
  expireTimeMs: number | null;
  state: 'live' | 'spent' | 'revoked';
  spentTimeMs?: number;
  /** Of a client that registered itself. */
  secret?: string;
  redirectUri?: string;
  challenge?: string;
  /** Of a code: whether its exchange also hands out a refresh token. */
  offline?: boolean;
  /** Of a code: overrides the vendor's access token lifetime. */
  lifeSeconds?: number;
}

/** The tokens this sandbox made or was seeded with. Any other is unknown to every provider. */
export interface TokenBook {
  add(token: Omit<Token, 'state'>): Token;
  /** Adds a seeded key unless an earlier run already knew it, revoked or not. */
  seed(token: Omit<Token, 'state'>): void;
  /** In whatever state. */
  find(provider: string, kind: TokenKind, value: string): Token | undefined;
  /** Only when live and not expired. */
  live(provider: string, kinds: readonly TokenKind[], value: string): Token | undefined;
  spend(token: Token): void;
  revokeGrant(token: Token): void;
  /** Revokes what matches and says how many were live. */
  revokeWhere(matches: (token: Token) => boolean): number;
  /** Lets every live access token of the provider expire now. */
  expireAccess(provider: string): number;
}

export function openTokenBook(tokens: Token[], now: () => Date, changed: () => void): TokenBook {
  const index = new Map(tokens.map(token => [`${token.provider} ${token.kind} ${token.value}`, token]));
  const find = (provider: string, kind: TokenKind, value: string) => index.get(`${provider} ${kind} ${value}`);
  const add = (token: Omit<Token, 'state'>): Token => {
    const added: Token = { ...token, state: 'live' };
    tokens.push(added);
    index.set(`${added.provider} ${added.kind} ${added.value}`, added);
    changed();
    return added;
  };
  const revokeWhere = (matches: (token: Token) => boolean): number => {
    const hit = tokens.filter(token => token.state === 'live' && matches(token));
    for (const token of hit) token.state = 'revoked';
    if (hit.length > 0) changed();
    return hit.length;
  };
  return {
    add,
    find,
    revokeWhere,
    seed(token) {
      if (find(token.provider, token.kind, token.value) === undefined) add(token);
    },
    live(provider, kinds, value) {
      const time = now().getTime();
      return kinds
        .map(kind => find(provider, kind, value))
        .find(token => token?.state === 'live' && (token.expireTimeMs === null || token.expireTimeMs > time));
    },
    spend(token) {
      token.state = 'spent';
      token.spentTimeMs = now().getTime();
      changed();
    },
    revokeGrant(token) {
      revokeWhere(other => other.provider === token.provider && other.grant === token.grant);
    },
    expireAccess(provider) {
      const time = now().getTime();
      const live = tokens.filter(t => t.provider === provider && t.kind === 'access' && t.state === 'live');
      for (const token of live) token.expireTimeMs = time;
      if (live.length > 0) changed();
      return live.length;
    },
  };
}
