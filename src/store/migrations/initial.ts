import { Migration } from '@mikro-orm/migrations';

/**
 * Every primary and unique key begins with the project, and so does every foreign key: the schema can be distributed by
 * project (Citus, YugabyteDB, CockroachDB) as it is.
 */
export class Initial extends Migration {
  override up(): void {
    this.addSql(`
      -- Both are trusted extensions: whoever may create objects in the database may install them.
      create extension if not exists pg_trgm;
      create extension if not exists btree_gin;

      create table data_keys (
        project text not null, id int not null, keyring_key text not null, wrapped bytea,
        create_time timestamptz not null, shred_time timestamptz,
        primary key (project, id),
        check ((wrapped is null) = (shred_time is not null)));

      create table integrations (
        project text not null, id text not null, provider text not null, name text not null,
        is_default boolean not null, status text not null,
        health_cause text, health_since timestamptz, health_message text,
        account_id text not null, account_label text not null, account_url text,
        auth_kind text not null, config jsonb not null, requested_scopes text[] not null, granted_scopes text[],
        tags jsonb not null, created_by text not null, create_time timestamptz not null, update_time timestamptz not null,
        revision int not null, generation int not null,
        primary key (project, id),
        check (status in ('ACTIVE', 'INACTIVE', 'EXPIRED')));
      create unique index integrations_name on integrations (project, provider, name);
      create unique index integrations_default on integrations (project, provider) where is_default;
      create index integrations_page on integrations (project, create_time, id);
      -- Deliveries are attributed by the vendor's account, in whichever projects it is connected.
      create index integrations_account on integrations (provider, account_id);
      create index integrations_account_url on integrations (provider, account_url);

      create table credentials (
        project text not null, integration_id text not null, version int not null, state text not null,
        sealed bytea, secret_fields text[], sealed_minted bytea, minted_expire_time timestamptz,
        fingerprint text not null, issue_time timestamptz not null, expire_time timestamptz,
        refreshable boolean not null, created_by text not null,
        destroy_time timestamptz, revocation text,
        primary key (project, integration_id, version),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade,
        check (state in ('CURRENT', 'OVERLAP', 'DESTROYED')),
        check ((state = 'DESTROYED') = (sealed is null)));
      create unique index credentials_current on credentials (project, integration_id) where state = 'CURRENT';

      create index credentials_refresh on credentials (expire_time) where state = 'CURRENT' and refreshable;
      create index credentials_overlap on credentials (destroy_time) where state = 'OVERLAP';

      create table webhook_secrets (
        project text not null, integration_id text not null, version int not null, state text not null,
        field text not null, sealed bytea, fingerprint text not null, create_time timestamptz not null,
        created_by text not null, destroy_time timestamptz, overlap_deliveries int not null,
        primary key (project, integration_id, version),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade,
        check (state in ('CURRENT', 'OVERLAP', 'DESTROYED')),
        check ((state = 'DESTROYED') = (sealed is null)));
      create unique index webhook_secrets_current on webhook_secrets (project, integration_id) where state = 'CURRENT';
      create index webhook_secrets_overlap on webhook_secrets (destroy_time) where state = 'OVERLAP';

      create table refreshes (
        project text not null, integration_id text not null, version int not null, generation int not null,
        state text not null, holder text not null, lease_end_time timestamptz not null, sealed_answer bytea,
        failure text, failures int not null, next_time timestamptz,
        day_start_time timestamptz not null, day_tries int not null,
        primary key (project, integration_id),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade,
        check (state in ('IDLE', 'INTENT', 'ANSWERED', 'UNKNOWN')),
        check ((state = 'ANSWERED') = (sealed_answer is not null)));
      create index refreshes_open on refreshes (lease_end_time) where state <> 'IDLE';

      create table credential_leases (
        project text not null, id text not null, integration_id text not null, provider text not null,
        version int not null, caller text not null, purpose text not null, run_id text not null,
        create_time timestamptz not null, expire_time timestamptz not null, release_time timestamptz,
        revoke_time timestamptz,
        primary key (project, id));
      create index credential_leases_held on credential_leases (project, integration_id, expire_time);
      create index credential_leases_page on credential_leases (project, create_time desc, id desc);

      -- A caller's resolves in a project; the minute begins with the first after the last one was over, by this clock.
      create table resolve_budgets (
        project text not null, caller text not null, start_time timestamptz not null, used int not null,
        primary key (project, caller));

      create table connect_sessions (
        project text not null, id text not null, provider text not null, auth_kind text not null, status text not null,
        integration_id text, wish jsonb not null, scopes text[] not null, return_url text,
        nonce_hash bytea, sealed_verifier bytea, failure_reason text, failure_message text,
        created_by text not null, create_time timestamptz not null, expire_time timestamptz not null,
        primary key (project, id),
        check (status in ('PENDING', 'EXCHANGING', 'COMPLETED', 'FAILED')));

      create table request_receipts (
        project text not null, request_id text not null, method text not null, request_hash bytea not null,
        answer jsonb not null, create_time timestamptz not null,
        primary key (project, request_id));

      create table integration_events (
        project text not null, id text not null, integration_id text not null, provider text not null,
        event_type text not null, schema_version int not null, source text not null,
        delivery_key text not null, semantic_key text, occur_time timestamptz, receive_time timestamptz not null,
        stage text not null, payload jsonb not null, payload_truncated boolean not null,
        duplicate_of text, replay_of text, record_time timestamptz, integration_status text,
        meta jsonb, object_key text,
        primary key (project, id, receive_time)) partition by range (receive_time);
      create index integration_events_page on integration_events (project, receive_time desc, id desc);
      create index integration_events_delivery on integration_events (project, delivery_key);
      -- For what comes while no partition of its day is there.
      create table integration_events_rest partition of integration_events default;

      -- The service owns no table; these are all it may do to them. A partition is a day in UTC.
      create function keep_event_partitions(first date, last date) returns int
        language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
        declare day date; name text; made int := 0;
        begin
          perform pg_advisory_xact_lock(hashtext('mobius.event_partitions'));
          for day in select generate_series(first, last, interval '1 day')::date loop
            name := 'integration_events_' || to_char(day, 'YYYYMMDD');
            continue when to_regclass(name) is not null;
            begin
              execute format('create table %I partition of integration_events for values from (%L) to (%L)',
                name, day || ' 00:00:00+00', (day + 1) || ' 00:00:00+00');
              made := made + 1;
            exception when check_violation then
              null; -- Some of that day came before its partition: they all stay together.
            end;
          end loop;
          return made;
        end $$;
      create function drop_event_partitions(before date) returns int
        language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
        declare name text; dropped int := 0;
        begin
          perform pg_advisory_xact_lock(hashtext('mobius.event_partitions'));
          for name in
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'integration_events'::regclass and c.relname ~ '^integration_events_[0-9]{8}$'
              and to_date(right(c.relname, 8), 'YYYYMMDD') < before
          loop
            execute format('drop table %I', name);
            dropped := dropped + 1;
          end loop;
          return dropped;
        end $$;
      select keep_event_partitions(current_date - 1, current_date + 7);

      -- What was not taken; those of the platform's endpoints and of unknown ones belong to no project.
      create table rejected_deliveries (
        project text not null, id text not null, provider text not null, endpoint text not null,
        receive_time timestamptz not null, cause text not null, detail text not null, delivery_key text,
        body_bytes int not null, header_count int not null, body_hash text, count int not null,
        primary key (project, id));
      create index rejected_deliveries_endpoint on rejected_deliveries (project, provider, endpoint, receive_time);
      create index rejected_deliveries_key on rejected_deliveries (delivery_key) where delivery_key is not null;
      create table endpoint_activity (
        project text not null, provider text not null, endpoint text not null,
        delivery_time timestamptz not null, accept_time timestamptz,
        primary key (project, provider, endpoint));

      -- What no integration has the account of yet: it begins with the account, as no project is known.
      create table unmatched_events (
        provider text not null, account_id text not null, id text not null, source text not null,
        receive_time timestamptz not null, delivery_key text not null, event_type text not null, event jsonb not null,
        primary key (provider, account_id, id));
      create index unmatched_events_time on unmatched_events (receive_time);
      create index unmatched_events_key on unmatched_events (delivery_key);

      create table delivery_keys (
        project text not null, integration_id text not null, kind text not null, key text not null,
        event_id text not null, receive_time timestamptz not null,
        primary key (project, integration_id, kind, key));
      create index delivery_keys_time on delivery_keys (receive_time);

      create table source_events (
        project text not null, id text not null, integration_event_id text not null, integration_id text not null,
        provider text not null, event_type text not null, meta jsonb not null, publish_time timestamptz not null,
        ordering_key text not null default '', number bigint generated always as identity, replay_of text,
        -- The receipt's, which leads to its partition.
        receive_time timestamptz not null,
        primary key (project, id));
      create index source_events_time on source_events (publish_time);
      create index source_events_queue on source_events (project, publish_time, id);
      create index source_events_receipt on source_events (project, integration_event_id);
      create index source_events_order on source_events (project, ordering_key, number);
      create index source_events_replay on source_events (project, replay_of) where replay_of is not null;

      create table handovers (
        project text not null, source_event_id text not null, consumer text not null, state text not null,
        stream text, lease_end_time timestamptz, next_time timestamptz, attempts int not null, nacks int not null,
        outcome text, last_error text, run_ids text[] not null, process_time timestamptz, deliver_time timestamptz,
        ordering_key text not null default '', number bigint not null default 0, is_ordered boolean not null default false,
        primary key (project, source_event_id, consumer),
        foreign key (project, source_event_id) references source_events (project, id) on delete cascade,
        check (state in ('LEASED', 'WAITING', 'ACKNOWLEDGED', 'DEAD')));
      -- What is to be handed out again, in whichever project, by the time it is due.
      create index handovers_due on handovers (consumer, coalesce(lease_end_time, next_time))
        where state in ('LEASED', 'WAITING');
      create index handovers_order on handovers (project, consumer, ordering_key, number)
        where state in ('LEASED', 'WAITING');
      create index handovers_dead on handovers (project, process_time desc, source_event_id) where state = 'DEAD';

      create table consumers (
        project text not null, name text not null, pattern_key text not null, patterns text[] not null,
        low_water timestamptz not null, last_stream_time timestamptz not null,
        primary key (project, name, pattern_key));

      create table published_references (
        project text not null, reference_type text not null, value text collate "C" not null, label text not null,
        description text, metadata jsonb not null, parent text, archived boolean not null, version bigint not null,
        remove_time timestamptz, update_time timestamptz not null,
        name text collate "C" not null, extra text not null,
        primary key (project, reference_type, value));
      create index published_references_page on published_references (project, reference_type, name, value)
        where remove_time is null and not archived;
      create index published_references_words on published_references
        using gin (reference_type, name gin_trgm_ops, extra gin_trgm_ops) where remove_time is null and not archived;

      -- A list of references: of a type, through an integration, under the values it depends on. The id stands for these.
      create table reference_lists (
        project text not null, id text not null, integration_id text, reference_type text not null,
        depends_on jsonb not null, account_id text not null, integration_generation int not null,
        generation int not null, is_listing boolean not null, cursor text, begin_time timestamptz,
        complete_time timestamptz, known int not null, failure text, failure_scopes text[], failures int not null,
        next_time timestamptz, check_time timestamptz, use_time timestamptz not null,
        holder text, lease_end_time timestamptz,
        primary key (project, id),
        foreign key (project, integration_id) references integrations (project, id) on delete cascade);
      create index reference_lists_integration on reference_lists (project, integration_id, reference_type);
      create index reference_lists_due on reference_lists (least(next_time, check_time));

      create table indexed_references (
        project text not null, list text not null, value text collate "C" not null, label text not null,
        description text, metadata jsonb not null, parent text, state text not null,
        name text collate "C" not null, extra text not null, generation int not null, seen_time timestamptz not null,
        change_time timestamptz, touch_time timestamptz, check_time timestamptz,
        primary key (project, list, value),
        foreign key (project, list) references reference_lists (project, id) on delete cascade,
        check (state in ('PRESENT', 'ARCHIVED', 'NO_ACCESS', 'NOT_FOUND')))
        with (fillfactor = 80);
      create index indexed_references_page on indexed_references (project, list, name, value) where state = 'PRESENT';
      -- A list is of one project: without this, the planner takes a list of thousands for one of a few.
      create statistics indexed_references_lists (dependencies) on project, list from indexed_references;
      create index indexed_references_check on indexed_references (project, list, check_time)
        where check_time is not null;
      create index indexed_references_words on indexed_references
        using gin (list, name gin_trgm_ops, extra gin_trgm_ops) where state = 'PRESENT';

      create table watched_references (
        project text not null, list text not null, value text collate "C" not null, label text not null,
        state text not null, resolve_time timestamptz not null, next_time timestamptz not null, broken_time timestamptz,
        primary key (project, list, value),
        foreign key (project, list) references reference_lists (project, id) on delete cascade);
      create index watched_references_due on watched_references (next_time);

      create table audit_records (
        project text not null, sequence bigint not null, id text not null, time timestamptz not null,
        action text not null, caller text not null, resource text not null, provider text not null,
        purpose text not null, run_id text not null, lease_id text not null, outcome text not null, reason text not null,
        changes jsonb not null, previous_hash bytea not null, hash bytea not null,
        primary key (project, sequence));
      create table audit_heads (
        project text not null primary key, sequence bigint not null, hash bytea not null);

      -- The chain grows at its end and nowhere else, whoever asks.
      create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception 'audit records are append-only'; end $$;
      create trigger audit_records_append_only before update or delete on audit_records
        for each statement execute function refuse_change();
      create trigger audit_records_no_truncate before truncate on audit_records
        for each statement execute function refuse_change();
    `);
  }
}
