/** What the table knows of a vendor: whole addresses, in which `{subdomain}` is the customer's. */
export type ConnectOnlyEntry = {
  readonly authorize: string;
  readonly token: string;
  /** Answers who signed in. Absent: the table knows no such address. */
  readonly profile?: string;
  readonly separator: ' ' | ',';
};

/** By id. */
export type ConnectOnlyTable = Readonly<Record<string, ConnectOnlyEntry>>;
