import { Migration } from '@mikro-orm/migrations';

/** The client that a connect session registered at a customer's authorization server, until its code is traded. */
export class RegisteredClients extends Migration {
  override up(): void {
    this.addSql('alter table connect_sessions add column sealed_client bytea;');
  }
}
