/** Paths of the methods below an SDK's client, such as `chat.postMessage`, of so many names at most. */
export type Methods<Client, Names extends 1 | 2 | 3 | 4 | 5 = 2> = {
  [Name in keyof Client & string]: Name extends `_${string}`
    ? never
    : Client[Name] extends (...given: never) => unknown
      ? Name
      : Names extends keyof OneFewer
        ? `${Name}.${Methods<Client[Name], OneFewer[Names]>}`
        : never;
}[keyof Client & string];

type OneFewer = { 5: 4; 4: 3; 3: 2; 2: 1 };
