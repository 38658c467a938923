/** What an action stands for at its vendor: one operation, or several where it takes several. */
export type Entries<Operation extends string> = Readonly<Record<string, Entry<Operation>>>;

export type Entry<Operation extends string = string> = Operation | readonly [Operation, ...Operation[]] | Unlisted;

/** The vendor has it, its package does not: why. */
export type Unlisted = { readonly unlisted: string };
