import type { Limits } from './bounds.ts';
import type { Rules } from './schema.ts';

/** A pinned npm package. */
export type Package = { readonly package: string; readonly version: string };

/** A file in which a vendor describes its interface, and the licence the file stands under. */
export type Source = Package & {
  readonly file: string;
  /** The file's own, which need not be its package's. */
  readonly license: 'MIT' | 'Apache-2.0' | 'CC-BY-3.0';
  /** The licence's text, in the package; or a credit in our words, with a licence's text from elsewhere. */
  readonly notice:
    | { readonly file: string }
    | { readonly text: string; readonly with?: Package & { readonly file: string } };
};

/** What is wanted of a vendor's description. Names are ours, without the provider's id. */
export type Vendor = {
  readonly provider: string;
  readonly payloads?: readonly PayloadPart[];
  readonly inputs?: readonly InputPart[];
  readonly objects?: readonly ObjectPart[];
};

/** Payloads by event type: the vendor's name for each. */
export type PayloadPart = {
  readonly from: Source;
  readonly wanted: Readonly<Record<string, string>>;
  readonly rules: Partial<Rules>;
  /** Payloads the vendor published, by its name of the event: they loosen what they break. */
  readonly examples?: Package & { readonly file: string };
};

/** Fields of actions. */
export type InputPart = {
  readonly from: Source;
  readonly wanted: Readonly<Record<string, Wanted>>;
  readonly limits: Limits;
};

/** Objects that the vendor sends: in answers, and in events whose payload is made of them. */
export type ObjectPart = {
  readonly from: Source;
  readonly wanted: Readonly<Record<string, Wanted>>;
  readonly rules?: Partial<Rules>;
  /** Fields that may be null, which only the vendor's words say. */
  readonly nullable?: readonly string[];
};

/** The vendor's operation or type, and the fields wanted of it, parted by blanks; `ours=its.path` where we name one otherwise. */
export type Wanted = readonly [of: string, fields: string];

export function fieldsWanted([, fields]: Wanted): readonly (readonly [ours: string, path: string])[] {
  return fields.split(' ').map(given => {
    const [ours = '', path = ours] = given.split('=');
    return [ours, path];
  });
}

export function sourcesOf({ payloads = [], inputs = [], objects = [] }: Vendor): readonly Source[] {
  return [...new Set([...payloads, ...inputs, ...objects].map(({ from }) => from))];
}
