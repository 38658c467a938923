import { Migration } from '@mikro-orm/migrations';

/**
 * Ids of leases grow with time, so their key serves lists, the newest first, as well. Each index of a lease costs a
 * resolve 3 µs of PostgreSQL's processor and 90 bytes of its log.
 */
export class CheaperLeases extends Migration {
  override up(): void {
    this.addSql('drop index credential_leases_page;');
  }
}
