import type { World } from './world.ts';

/** How many integrations of the project are stored. */
export async function countIntegrations(world: Pick<World, 'db'>, project: string): Promise<number> {
  const { rows } = await world.db.query('select count(*)::int as n from integrations where project = $1', [project]);
  return rows[0].n;
}
