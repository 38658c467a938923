import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fieldsWanted, sourcesOf } from '../conformance/slices/vendor.ts';
import { vendors } from '../conformance/slices/vendors/index.ts';
import { propertiesOf } from '../src/faults/schema_walk.ts';
import { providers } from '../src/providers/index.ts';
import { openSlice, type SliceFile } from '../src/providers/kit/slice.ts';
import type { JsonSchema } from '../src/providers/provider.ts';

/** The slices that are checked in, held against what is wanted of them and what the catalog makes of them. No network. */

type Checked = SliceFile & { readonly sources: readonly Readonly<Record<string, string>>[] };

const folders = resolve(import.meta.dirname, '../src/providers');
const fileIn = (provider: string, name: string) => readFileSync(resolve(folders, provider, name), 'utf8');

test('every slice has a vendor that makes it', () => {
  const withSlice = providers.map(({ id }) => id).filter(id => existsSync(resolve(folders, id, 'schemas.json')));
  expect(vendors.map(({ provider }) => provider).toSorted()).toEqual(withSlice.toSorted());
});

describe.each(vendors.map(vendor => ({ ...vendor, vendor })))('the slice of $provider', ({ provider: id, vendor }) => {
  const text = fileIn(id, 'schemas.json');
  const file = JSON.parse(text) as Checked;
  const slice = openSlice(file);
  const provider = providers.find(each => each.id === id)!;

  test('names its sources, and their notices lie beside it', () => {
    const sources = sourcesOf(vendor).map(({ notice: _, ...source }) => source);
    expect(file.sources).toEqual(sources);
    const notice = fileIn(id, 'NOTICE');
    for (const source of sources) {
      expect(notice).toContain(
        `${source.file} of the npm package ${source.package} ${source.version}, under ${source.license}`,
      );
    }
    expect(notice).toMatch(/Permission is hereby granted|Apache License|creativecommons\.org\/licenses\/by/);
  });

  test('holds what is wanted of it and nothing else', () => {
    const wanted = {
      payloads: (vendor.payloads ?? []).flatMap(({ wanted }) => Object.keys(wanted)),
      inputs: (vendor.inputs ?? []).flatMap(({ wanted }) =>
        Object.entries(wanted).flatMap(([action, each]) => fieldsWanted(each).map(([ours]) => `${action} ${ours}`)),
      ),
      objects: (vendor.objects ?? []).flatMap(({ wanted }) =>
        Object.entries(wanted).flatMap(([name, each]) => fieldsWanted(each).map(([ours]) => `${name} ${ours}`)),
      ),
    };
    const fieldsOf = (named: SliceFile['inputs']) =>
      Object.entries(named).flatMap(([name, schema]) =>
        Object.keys(propertiesOf(schema)).map(field => `${name} ${field}`),
      );
    expect(Object.keys(file.payloads)).toEqual(wanted.payloads);
    expect(fieldsOf(file.inputs)).toEqual(wanted.inputs);
    expect(fieldsOf(file.objects)).toEqual(wanted.objects);
  });

  test('holds no words of the vendor', () => {
    expect(text).not.toMatch(
      /"(description|title|summary|example|examples|externalDocs|default|deprecated|x-[^"]*)":(?!\{)/,
    );
  });

  test('has words of ours only for fields there are', () => {
    const words = [...fileIn(id, 'slice.ts').matchAll(/^ {2}(\w+): '/gm)].map(([, name]) => name);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter(name => !text.includes(`"${name}":`))).toEqual([]);
  });

  test('is in the catalog whole', () => {
    const shown = [
      ...provider.eventTypes.map(({ payloadSchema }) => payloadSchema),
      ...provider.actions.map(({ outputSchema }) => outputSchema),
    ].flatMap(within);
    const texts = new Set(shown.map(bare));
    const isShown = (schema: JsonSchema) =>
      texts.has(bare(schema)) ||
      shown.some(each =>
        Object.entries(propertiesOf(schema)).every(
          ([name, field]) => bare(propertiesOf(each)[name] ?? {}) === bare(field),
        ),
      );
    for (const name of Object.keys(file.payloads)) expect(isShown(slice.payload(name)), name).toBe(true);
    for (const name of Object.keys(file.objects)) expect(isShown(slice.object(name)), name).toBe(true);
    for (const [name, { required, properties }] of Object.entries(file.inputs)) {
      const action = provider.actions.find(each => each.name === `${id}.${name}`);
      const taken = propertiesOf(action?.inputSchema ?? {});
      for (const field of Object.keys(properties as object)) {
        expect(bare(taken[field] ?? {}), `${name} ${field}`).toBe(bare(slice.fields(name, { [field]: '' })[field]!));
      }
      const needed = (action?.inputSchema.required ?? []) as readonly string[];
      expect(needed, name).toEqual(expect.arrayContaining((required ?? []) as string[]));
    }
  });
});

/** A schema and all in it. */
function within(schema: JsonSchema): readonly JsonSchema[] {
  const { items, additionalProperties } = schema;
  const inside = [...Object.values(propertiesOf(schema)), items, additionalProperties].filter(isSchema);
  return [schema, ...inside.flatMap(within)];
}

/** As the slice has it: our words are put over it. */
function bare(schema: JsonSchema): string {
  return JSON.stringify(schema, (name, value) =>
    name === 'description' && typeof value === 'string' ? undefined : value,
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
