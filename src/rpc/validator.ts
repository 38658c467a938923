import { createValidator, type Validator } from '@bufbuild/protovalidate';

/**
 * The contract's rules. Patterns are compiled once: protovalidate compiles them anew for every field it looks at, which
 * made a ResolveCredentialRequest 8.4 µs in place of 0.9.
 */
export function createRequestValidator(): Validator {
  const compiled = new Map<string, RegExp>();
  return createValidator({
    regexMatch: (pattern, text) => {
      const known = compiled.get(pattern);
      if (known !== undefined) return known.test(text);
      const regex = new RegExp(pattern, 'u');
      compiled.set(pattern, regex);
      return regex.test(text);
    },
  });
}
