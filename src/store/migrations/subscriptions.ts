import { Migration } from '@mikro-orm/migrations';

export class SubscriptionTables extends Migration {
  override up(): void {
    this.addSql(`
      create table subscription_plans (
        project text not null, integration_id text not null, provider text not null, account_id text not null,
        settings text not null, is_paused boolean not null, failure text, failures int not null,
        plan_time timestamptz, next_time timestamptz, holder text, lease_end_time timestamptz,
        primary key (project, integration_id),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade);
      create index subscription_plans_due on subscription_plans (next_time);

      create table subscriptions (
        project text not null, id text not null, integration_id text not null, provider text not null,
        target text not null, label text not null, event_types text[] not null, settings jsonb not null,
        is_wanted boolean not null, state text not null, address text, made_key text,
        vendor_id text, handle jsonb, sealed_secret bytea,
        old_handle jsonb, old_sealed_secret bytea, secret_version int not null, tries int not null,
        create_time timestamptz not null, expire_time timestamptz, renew_time timestamptz,
        good_time timestamptz not null, lapse_time timestamptz, delivery_time timestamptz,
        gap_start_time timestamptz, gap_end_time timestamptz, gap_state text, gap_cursor text,
        failure text, failures int not null, next_time timestamptz, holder text, lease_end_time timestamptz,
        primary key (project, id),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade,
        check (state in ('CREATING', 'ACTIVE', 'FAILED')),
        check (gap_state in ('OPEN', 'RECOVERED', 'LOST')));
      create unique index subscriptions_target on subscriptions (project, integration_id, target);
      create index subscriptions_due on subscriptions (next_time);

      create table feeds (
        project text not null, id text not null, integration_id text not null, provider text not null,
        target text not null, label text not null, event_types text[] not null, settings jsonb not null,
        version text, read_version text, subscription_vendor_id text, cursor text,
        create_time timestamptz not null, read_time timestamptz,
        failure text, failures int not null, next_time timestamptz, holder text, lease_end_time timestamptz,
        primary key (project, id),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade);
      create unique index feeds_target on feeds (project, integration_id, target);
      create index feeds_due on feeds (next_time);
    `);
  }
}
