/** What the person at the vendor's consent page does next. */
export interface Approval {
  provider: string;
  /** Name of the emulated account that consents; the first one when absent. Jira: `acme+globex` consents for both sites. */
  account?: string;
  /** Refuses; a string is the OAuth error code, true means access_denied. */
  deny?: boolean | string;
  /** Grants only these scopes. */
  scopes?: readonly string[];
  /** Lifetime of the first access token; the vendor's own when absent. */
  lifeSeconds?: number;
  /** Hands out a refresh token or none, whatever was asked for. Slack: true is an app with token rotation on. */
  refresh?: boolean;
}

export interface Approvals {
  /** Queues one answer; consent pages take them in order. */
  add(approval: Approval): void;
  take(provider: string): Approval;
}

export function openApprovals(): Approvals {
  const waiting: Approval[] = [];
  return {
    add(approval) {
      waiting.push(approval);
    },
    take(provider) {
      const at = waiting.findIndex(approval => approval.provider === provider);
      return at < 0 ? { provider } : waiting.splice(at, 1)[0]!;
    },
  };
}
