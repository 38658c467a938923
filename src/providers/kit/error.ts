import type { ProviderFailure } from '../provider.ts';

/** A vendor's failure, classified. It carries no text of the vendor: that stays in `cause`, secrets cut out. */
export class ProviderError extends Error {
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure, cause?: unknown) {
    super(`provider answer: ${failure.kind}`, { cause });
    this.name = 'ProviderError';
    this.failure = failure;
  }
}
