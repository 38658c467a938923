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

/** Text of `NOTICE`: what was taken from where, and under which licence. A licence's text stands once. */
export async function noticeOf(vendor: Vendor): Promise<string> {
  const credits: string[] = [];
  const licences = new Set<string>();
  for (const source of sourcesOf(vendor)) {
    const { package: name, version, file, license, notice } = source;
    const said = 'text' in notice ? `\n${notice.text}` : '';
    credits.push(`${file} of the npm package ${name} ${version}, under ${license}${said}\n`);
    if ('file' in notice) licences.add(await read(source, notice.file));
    else if (notice.with !== undefined) licences.add(await read(notice.with, notice.with.file));
  }
  const head =
    'schemas.json is cut out of the following by a program: names, types and bounds of some fields, no descriptions.\n';
  return [head, ...credits, ...[...licences].map(text => `${'-'.repeat(80)}\n\n${text.trim()}\n`)].join('\n');
}
