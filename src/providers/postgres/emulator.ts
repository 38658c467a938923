import type { Emulator } from '../emulator.ts';

/** There is nothing to ask over HTTP: what is played is the person who types a connection string in. */
export const emulator: Emulator = {
  accounts: [{ name: 'acme', id: 'db.acme.example:5432/shop', label: 'mobius@db.acme.example/shop' }],
  forms: {
    CONNECTION_STRING: random => ({
      connection_string: `postgresql://mobius:${random(24)}@db.acme.example:5432/shop?sslmode=verify-full`,
    }),
  },
  refuse: () => ({ status: 404 }),
  routes: {},
};
