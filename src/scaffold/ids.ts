import { type Checkout, providerIds, ScaffoldError } from './checkout.ts';

/** Refuses an id that cannot be a new provider's. `reserved`: first segments of names that are not providers'. */
export function checkId(id: string, checkout: Checkout, reserved: readonly string[]): void {
  const wrong = problemOf(id, checkout, reserved);
  if (wrong !== undefined) throw new ScaffoldError(`${id}: ${wrong}`);
}

function problemOf(id: string, checkout: Checkout, reserved: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9_]{1,30}$/.test(id)) {
    return 'an id is 2 to 31 lower case letters, digits and underscores, and begins with a letter';
  }
  if (id.endsWith('_') || id.includes('__')) return 'an underscore stands between two words';
  if (providerIds(checkout).includes(id)) return `taken: src/providers/${id} is there, and nothing is overwritten`;
  if (id === 'kit') return 'src/providers/kit is what providers share';
  return reserved.includes(id) ? 'names that begin so belong to another part of the product' : undefined;
}

/** As the manifest's constant is called. */
export function constantOf(id: string): string {
  return id.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
