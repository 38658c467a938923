import { type DescEnum, type JsonValue, ScalarType } from '@bufbuild/protobuf';

type Checked = { value: JsonValue } | { problem: string };

/** Whole numbers: smallest, largest. */
const ranges: Partial<Record<ScalarType, [bigint, bigint]>> = {
  [ScalarType.INT32]: [-(2n ** 31n), 2n ** 31n - 1n],
  [ScalarType.SINT32]: [-(2n ** 31n), 2n ** 31n - 1n],
  [ScalarType.SFIXED32]: [-(2n ** 31n), 2n ** 31n - 1n],
  [ScalarType.UINT32]: [0n, 2n ** 32n - 1n],
  [ScalarType.FIXED32]: [0n, 2n ** 32n - 1n],
  [ScalarType.INT64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ScalarType.SINT64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ScalarType.SFIXED64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [ScalarType.UINT64]: [0n, 2n ** 64n - 1n],
  [ScalarType.FIXED64]: [0n, 2n ** 64n - 1n],
};

/** Checks one scalar and spells it as ProtoJSON. Numbers may be JSON numbers or texts, as ProtoJSON allows. */
export function checkScalar(type: ScalarType, value: unknown, spelling: 'json' | 'text'): Checked {
  const range = ranges[type];
  if (range !== undefined) return checkInteger(range, value);
  switch (type) {
    case ScalarType.BOOL: {
      const read = spelling === 'text' && (value === 'true' || value === 'false') ? value === 'true' : value;
      return typeof read === 'boolean' ? { value: read } : { problem: 'must be true or false' };
    }
    case ScalarType.STRING:
      if (typeof value !== 'string') return { problem: 'must be a text' };
      return value.isWellFormed() ? { value } : { problem: 'must be valid Unicode' };
    case ScalarType.BYTES: {
      const isBase64 = typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value);
      return isBase64 ? { value } : { problem: 'must be base64' };
    }
    default: {
      const number = typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value;
      const limit = type === ScalarType.FLOAT ? 3.4028234663852886e38 : Number.MAX_VALUE;
      const isFit = typeof number === 'number' && Math.abs(number) <= limit;
      return isFit ? { value: number } : { problem: 'must be a number' };
    }
  }
}

function checkInteger([least, most]: [bigint, bigint], value: unknown): Checked {
  const problem = `must be a whole number from ${least} to ${most}`;
  const isSpelled = typeof value === 'string' && /^-?\d{1,20}$/.test(value);
  if (!isSpelled && !Number.isInteger(value)) return { problem };
  // A JSON number beyond 2^53 was already rounded by the parser.
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    return { problem: `${problem}, as a text when this long` };
  const number = BigInt(value as string | number);
  return number < least || number > most ? { problem } : { value: number.toString() };
}

/** Enum values by full name, by the name without the enum's prefix, in any case of the latter, or by number in JSON. */
export function checkEnum(desc: DescEnum, value: unknown, spelling: 'json' | 'text'): Checked {
  if (typeof value === 'number' && spelling === 'json' && desc.value[value]) return { value };
  const prefix = (desc.sharedPrefix ?? '').toUpperCase();
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  const found = desc.values.find(v => v.name === name || v.name === prefix + name);
  if (found !== undefined) return { value: found.name };
  const names = desc.values.filter(v => v.number !== 0).map(v => v.name.slice(prefix.length));
  return { problem: `must be one of ${names.join(', ')}`.slice(0, 190) };
}
