import { parted } from './parts.ts';
import type { Slice } from './slice.ts';
import { read } from './source.ts';
import { sourcesOf, type Vendor } from './vendor.ts';

/** Text of `schemas.json`: a line for each name, so that a change can be read. */
export function fileOf(vendor: Vendor, slice: Slice): string {
  const sources = sourcesOf(vendor).map(({ package: name, version, file, license }) => ({
    ...{ package: name, version, file, license },
  }));
  const sections = Object.entries(parted(slice)).map(([section, named]) => {
    const lines = Object.entries(named).map(([name, schema]) => `\n${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
    return `,\n${JSON.stringify(section)}: {${lines.join(',')}\n}`;
  });
  return `{\n"sources": ${JSON.stringify(sources)}${sections.join('')}\n}\n`;
}

/** Text of `NOTICE`: what was taken from where, and under which licence. */
export async function noticeOf(vendor: Vendor): Promise<string> {
  const each = sourcesOf(vendor).map(async source => {
    const { package: name, version, file, license, notice } = source;
    const text = 'file' in notice ? await read(source, notice.file) : notice.text;
    return `${file} of the npm package ${name} ${version}, under ${license}\n\n${text.trim()}\n`;
  });
  const head =
    'schemas.json is cut out of the following by a program: types, names and bounds of some fields, no descriptions.';
  return `${head}\n\n${(await Promise.all(each)).join(`\n${'-'.repeat(80)}\n\n`)}`;
}
