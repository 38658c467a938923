/** What is wrong with a provider: where in its value, and what to do. */
export type Fault = {
  readonly provider: string;
  /** Names and indices from the provider's value on: `actions`, 3, `inputSchema`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
};

/** For the checks of one provider. */
export type Found = Omit<Fault, 'provider'>;
