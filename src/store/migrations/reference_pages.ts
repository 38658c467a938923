import { Migration } from '@mikro-orm/migrations';

/** Not a partial index any more: the planner would not count with the statistics of `indexed_references_lists` for it. */
export class ReferencePages extends Migration {
  override up(): void {
    this.addSql(`
      drop index indexed_references_page;
      create index indexed_references_page on indexed_references (project, list, state, name, value);
    `);
  }
}
