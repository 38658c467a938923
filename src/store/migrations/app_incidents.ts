import { Migration } from '@mikro-orm/migrations';

/** Of the platform, not of a project: our app at a provider serves them all, so it breaks for all of them at once. */
export class AppIncidents extends Migration {
  override up(): void {
    this.addSql(`
      create table app_incidents (
        provider text not null primary key, open_time timestamptz not null, last_time timestamptz not null,
        refusals int not null, next_time timestamptz not null);
    `);
  }
}
