/** Paths of the methods below an SDK's client, such as `chat.postMessage`; four steps deep at most. */
export type Methods<Client, Steps extends readonly 0[] = []> = Steps['length'] extends 4
  ? never
  : {
      [Name in keyof Client & string]: Client[Name] extends (...given: never) => unknown
        ? Name
        : Client[Name] extends object
          ? `${Name}.${Methods<Client[Name], [...Steps, 0]>}`
          : never;
    }[keyof Client & string];
