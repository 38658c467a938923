import { inspect } from 'node:util';

/**
 * A value that cannot be printed, spread or serialised by accident. Every implicit way out gives `[secret]`;
 * `reveal` is the only one that gives the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  static reveal(secret: Secret): string {
    return secret.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** The one way out of a Secret. Call it where the value leaves for the vendor, the vault or the caller it is meant for. */
export const reveal = Secret.reveal;
