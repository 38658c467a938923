/**
 * A header of named parts such as `t=1700000000,v1=abc,v1=def`: what stands under each name, in order. Empty where there is
 * no such header.
 */
export function namedParts(header: string | undefined, separator = ','): (name: string) => readonly string[] {
  const parts = (header ?? '').split(separator).map(part => part.trim());
  return name => parts.filter(part => part.startsWith(`${name}=`)).map(part => part.slice(name.length + 1));
}
