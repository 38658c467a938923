import type { ReferenceType } from '../provider.ts';

const type = { runtimeState: 'PLANNED', source: 'PUBLISHED', scopes: [] } as const;

/** Whoever holds a connection could publish them. */
export const references: readonly ReferenceType[] = [
  { ...type, name: 'postgres.schema', title: 'Schema', description: 'A schema of the database.', dependsOn: [] },
  {
    ...type,
    name: 'postgres.table',
    title: 'Table',
    description: 'A table or view of a schema.',
    dependsOn: [{ key: 'schema', type: 'postgres.schema', required: true }],
  },
  {
    ...type,
    name: 'postgres.column',
    title: 'Column',
    description: 'A column of a table.',
    dependsOn: [
      { key: 'schema', type: 'postgres.schema', required: true },
      { key: 'table', type: 'postgres.table', required: true },
    ],
  },
];
