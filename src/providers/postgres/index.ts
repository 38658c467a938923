import type { Provider } from '../provider.ts';
import { actions } from './actions.ts';
import { connectionString } from './auth.ts';
import { eventTypes } from './event_types.ts';
import { references } from './references.ts';

/**
 * A database is not asked over HTTP, and nothing here speaks its protocol: the service keeps the connection string and hands it
 * to the executor. What needs a connection is planned.
 */
export const postgres: Provider = {
  id: 'postgres',
  displayName: 'PostgreSQL',
  description: 'A PostgreSQL database of your own, by its connection string.',
  category: 'Storage',
  docsUrl: 'https://www.postgresql.org/docs/current/libpq-connect.html',
  logo: 'postgresql',
  endpoints: {},
  credentialEndpoints: [],
  connect: [connectionString],
  eventTypes,
  actions,
  references,
};
