import { Migration } from '@mikro-orm/migrations';

/**
 * Ids of leases grow with time, so their key serves lists, the newest first, as well: an index less for each resolve to
 * write.
 */
export class CheaperLeases extends Migration {
  override up(): void {
    this.addSql('drop index credential_leases_page;');
  }
}
