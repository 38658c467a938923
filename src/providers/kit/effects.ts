/** What calling an action does, as its annotations say it. */

export const READS = { readOnly: true, idempotent: true, destructive: false } as const;
/** Calling it twice leaves what calling it once does. */
export const SETS = { readOnly: false, idempotent: true, destructive: false } as const;
/** Calling it twice makes two. */
export const ADDS = { readOnly: false, idempotent: false, destructive: false } as const;
/** What it takes away does not come back. */
export const REMOVES = { readOnly: false, idempotent: true, destructive: true } as const;
