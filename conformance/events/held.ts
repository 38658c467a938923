/** Our names, all of which the vendor has: else it does not compile. */
export type Held<Ours extends Theirs, Theirs> = Ours;

/** Names of ours that the vendor's package has not yet; one that it has is held all the same. */
export type Unlisted<Name, Theirs> = Name extends Theirs ? never : Name;

/** The words of a text. */
export type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** A text with each of a letter replaced. */
export type Replaced<
  Text extends string,
  From extends string,
  To extends string,
> = Text extends `${infer Before}${From}${infer After}` ? `${Before}${To}${Replaced<After, From, To>}` : Text;

/** Names of event types without the provider's. */
export type Without<Provider extends string, Name extends string> = Name extends `${Provider}.${infer Rest}`
  ? Rest
  : never;
