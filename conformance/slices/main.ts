import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileOf, noticeOf } from './file.ts';
import { sliceOf } from './slice.ts';
import { vendors } from './vendors/index.ts';

/** Writes the slices anew: of all vendors, or of those named. */
const only = process.argv.slice(2);
for (const vendor of vendors.filter(({ provider }) => only.length === 0 || only.includes(provider))) {
  const folder = resolve(import.meta.dirname, '../../src/providers', vendor.provider);
  const text = fileOf(vendor, await sliceOf(vendor));
  await writeFile(resolve(folder, 'schemas.json'), text);
  await writeFile(resolve(folder, 'NOTICE'), await noticeOf(vendor));
  console.log(`${vendor.provider}: ${Buffer.byteLength(text)} bytes`);
}
