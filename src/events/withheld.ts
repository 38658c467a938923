import type { EventType } from '../providers/provider.ts';

type Payload = Readonly<Record<string, unknown>>;

const WITHHELD = '[withheld]';

/** The payload without what is not to be kept: fields the provider marks, and the text of e-mails where policy says so. */
export function withhold(
  payload: Payload,
  { withheld = [], mailText = [] }: Pick<EventType, 'withheld' | 'mailText'>,
  keepsMailText: boolean,
): Payload {
  const paths = keepsMailText ? withheld : [...withheld, ...mailText];
  return paths.reduce<Payload>((left, path) => without(left, path.split('.')) as Payload, payload);
}

/** A copy in which what the path leads to is replaced; where it leads nowhere, the value itself. */
function without(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value === null || value === undefined ? value : WITHHELD;
  if (Array.isArray(value)) return step === '*' ? value.map(item => without(item, rest)) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (step === '*') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, without(item, rest)]));
  if (!Object.hasOwn(value, step)) return value;
  return { ...value, [step]: without((value as Payload)[step], rest) };
}
