/** What is wrong with a provider: where in its value, and what to do. */
export type Fault = {
  readonly provider: string;
  /** Names and indices from the provider's value on: `actions`, 3, `inputSchema`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
};

/** For the checks of one provider. */
export type Found = Omit<Fault, 'provider'>;

/** `slack: /actions/3/name: what to do`. */
export function faultText({ provider, path, message }: Fault): string {
  return `${provider}: /${path.join('/')}: ${message}`;
}
