import { agreeing } from './agreement.ts';
import { bounded } from './bounds.ts';
import { absent, type Description } from './description.ts';
import { openApi } from './open_api.ts';
import { type Rules, type Schema, slim, typesOf } from './schema.ts';
import { read } from './source.ts';
import { typescript } from './typescript.ts';
import {
  fieldsWanted,
  type InputPart,
  type ObjectPart,
  type PayloadPart,
  type Source,
  type Vendor,
  type Wanted,
} from './vendor.ts';

type Named = Readonly<Record<string, Schema>>;

/** What is generated for one provider. Names are ours. */
export type Slice = {
  readonly payloads: Named;
  /** By action: the fields that are the vendor's; `required` are those it cannot do without. */
  readonly inputs: Named;
  readonly objects: Named;
};

/** What a vendor takes: with its bounds, and the formats that mean something to who fills it in. */
const INPUT: Rules = { depth: 3, formats: ['date', 'date-time', 'email', 'uri'], isBounded: true };
/** What a vendor sends: no bounds, we could not hold it to them. */
const SENT: Rules = { depth: 2, formats: ['date', 'date-time'] };

export async function sliceOf({ payloads = [], inputs = [], objects = [] }: Vendor): Promise<Slice> {
  return {
    payloads: await inTurn(payloads, payloadsOf),
    inputs: await inTurn(inputs, inputsOf),
    objects: await inTurn(objects, objectsOf),
  };
}

async function payloadsOf({ from, wanted, rules, examples }: PayloadPart): Promise<Named> {
  const description = await described(from, Object.values(wanted));
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
  const { field, required, refs } = await described(from, operationsOf(wanted));
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

async function objectsOf({ from, wanted, rules, nullable = [] }: ObjectPart): Promise<Named> {
  const { answer, refs } = await described(from, operationsOf(wanted));
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

async function described(source: Source, asked: readonly string[]): Promise<Description> {
  return source.file.endsWith('.json') ? openApi(await read(source, source.file)) : await typescript(source, asked);
}

function operationsOf(wanted: Readonly<Record<string, Wanted>>): readonly string[] {
  return Object.values(wanted).map(([operation]) => operation);
}

function mapped<In, Out>(
  record: Readonly<Record<string, In>>,
  make: (given: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, given]) => [name, make(given, name)]));
}

/** One after the other: they share the files of a package. */
async function inTurn<Part>(parts: readonly Part[], make: (part: Part) => Promise<Named>): Promise<Named> {
  const made: Record<string, Schema> = {};
  for (const part of parts) Object.assign(made, await make(part));
  return made;
}
