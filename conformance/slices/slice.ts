import { agreeing } from './agreement.ts';
import { bounded } from './bounds.ts';
import { absent, type Description } from './description.ts';
import { openApi } from './open_api.ts';
import { type Rules, type Schema, slim, typesOf } from './schema.ts';
import { read } from './source.ts';
import { fieldsWanted, type InputPart, type OutputPart, type PayloadPart, type Source, type Vendor } from './vendor.ts';

type Named = Readonly<Record<string, Schema>>;

/** What is generated for one provider. Names are ours. */
export type Slice = {
  readonly payloads: Named;
  /** By action: the fields that are the vendor's; `required` are those it cannot do without. */
  readonly inputs: Named;
  readonly outputs: Named;
};

/** What a vendor takes: with its bounds, and the formats that mean something to who fills it in. */
const INPUT: Rules = { depth: 3, formats: ['date', 'date-time', 'email', 'uri'], isBounded: true };
/** What a vendor sends: no bounds, we could not hold it to them. */
const SENT: Rules = { depth: 2, formats: ['date', 'date-time'] };

export async function sliceOf({ payloads = [], inputs = [], outputs = [] }: Vendor): Promise<Slice> {
  return {
    payloads: together(await Promise.all(payloads.map(payloadsOf))),
    inputs: together(await Promise.all(inputs.map(inputsOf))),
    outputs: together(await Promise.all(outputs.map(outputsOf))),
  };
}

async function payloadsOf({ from, wanted, rules, examples }: PayloadPart): Promise<Named> {
  const description = await described(from);
  const published = examples === undefined ? [] : (JSON.parse(await read(examples, examples.file)) as Published);
  return mapped(wanted, (name, ours) => {
    const schema = slim(description.payload(name), description.refs, { ...SENT, ...rules });
    return agreeing(schema, examplesOf(published, ours));
  });
}

type Published = readonly { readonly name: string; readonly examples: readonly { readonly action?: string }[] }[];

function examplesOf(published: Published, name: string): readonly unknown[] {
  const [event, action] = name.split('.');
  const sent = published.find(each => each.name === event)?.examples ?? [];
  return action === undefined ? sent : sent.filter(example => example.action === action);
}

async function inputsOf({ from, wanted, limits }: InputPart): Promise<Named> {
  const { field, required, refs } = await described(from);
  return mapped(wanted, (each, action) => {
    const [operation] = each;
    const fields = fieldsWanted(each);
    const needed = fields.filter(([, path]) => required(operation).includes(path)).map(([ours]) => ours);
    const schemas = fields.map(([ours, path]) => {
      const limit = limits[`${action}.${ours}`] ?? limits[ours];
      return [ours, bounded(slim(field(operation, path), refs, INPUT), limit, limits)] as const;
    });
    return { ...(needed.length > 0 && { required: needed }), properties: Object.fromEntries(schemas) };
  });
}

async function outputsOf({ from, wanted, rules, nullable = [] }: OutputPart): Promise<Named> {
  const { answer, refs } = await described(from);
  return mapped(wanted, each => {
    const [operation] = each;
    const { type, required, properties } = slim(answer(operation), refs, { ...SENT, ...rules });
    const fields = fieldsWanted(each).map(([ours]): [string, Schema] => {
      const field = (properties as Named)[ours] ?? absent(`${operation} ${ours}`);
      return [ours, nullable.includes(ours) ? { ...field, type: [...typesOf(field), 'null'] } : field];
    });
    const always = ((required ?? []) as readonly string[]).filter(name => fields.some(([ours]) => ours === name));
    return { type, ...(always.length > 0 && { required: always }), properties: Object.fromEntries(fields) };
  });
}

async function described(source: Source): Promise<Description> {
  return openApi(await read(source, source.file));
}

function mapped<In, Out>(
  record: Readonly<Record<string, In>>,
  make: (given: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, given]) => [name, make(given, name)]));
}

function together(parts: readonly Named[]): Named {
  return Object.assign({}, ...parts) as Named;
}
