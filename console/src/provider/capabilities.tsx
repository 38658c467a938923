import type { JsonObject } from '@bufbuild/protobuf';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  type Action,
  type EventType,
  type Provider,
  WebhookEndpointStatus,
} from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import {
  type CauseDetail,
  Readiness,
  ReadinessCause,
  RuntimeState,
} from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceSearch, type ReferenceType } from '../../../gen/mobius/integrations/v1/reference_pb.js';
import { Badge, Tag } from '../parts/badge.tsx';
import { Copied, Fold, Json } from '../parts/code.tsx';
import { Mend } from '../parts/mend.tsx';
import { Prose } from '../parts/prose.tsx';
import { Empty } from '../parts/states.tsx';
import { SearchField } from '../parts/text_field.tsx';
import { useMay } from '../session/session.ts';
import { readinessWord, riskWord, stateWord } from '../words/readiness.ts';

type Item = {
  readonly name: string;
  readonly readiness: Readiness;
  readonly runtimeState: RuntimeState;
  readonly causes: readonly CauseDetail[];
};

/** A list of one kind of capability, with a search where it is long. */
function Capabilities<T extends Item>({
  project,
  what,
  items,
  textOf,
  children,
}: {
  readonly project: string;
  readonly what: string;
  readonly items: readonly T[];
  readonly textOf: (item: T) => string;
  readonly children: (item: T) => {
    readonly title?: ReactNode;
    readonly about: string;
    readonly tags?: ReactNode;
    readonly more?: ReactNode;
  };
}) {
  const [q, setQ] = useState('');
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter(item => words.every(word => `${item.name} ${textOf(item)}`.toLowerCase().includes(word)));
  return (
    <>
      {items.length > 8 && (
        <div className="filters">
          <SearchField label={`Search ${items.length} ${what}`} value={q} onChange={setQ} />
        </div>
      )}
      {found.length === 0 ? (
        <Empty title={`No ${what} match`} />
      ) : (
        <ul className="capabilities">
          {found.map(item => {
            const word = readinessWord(item.readiness);
            const { title, about, tags, more } = children(item);
            const state = stateWord(item.runtimeState);
            // That the whole provider is not connected is said above, once.
            const cause = item.causes.find(
              ({ cause: each, integrationId }) => each !== ReadinessCause.NOT_CONFIGURED || integrationId !== '',
            );
            return (
              <li key={item.name} className="capability">
                <div className="capability-head">
                  <div className="capability-name">
                    {title !== undefined && <strong>{title}</strong>}
                    <code>{item.name}</code>
                    {state !== undefined && <Tag>{state}</Tag>}
                    {tags}
                  </div>
                  <Badge tone={word.tone}>{word.text}</Badge>
                </div>
                {about !== '' && (
                  <p className="faint">
                    <Prose text={about} />
                  </p>
                )}
                {cause !== undefined &&
                  item.readiness !== Readiness.READY &&
                  item.runtimeState !== RuntimeState.PLANNED && (
                    <div className="capability-cause">
                      <span>{cause.message}</span>
                      <Mend project={project} fix={cause.fix} />
                    </div>
                  )}
                {more}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

function Schemas({ entries }: { readonly entries: readonly (readonly [string, JsonObject | undefined])[] }) {
  return (
    <div className="schemas">
      {entries.map(
        ([title, schema]) =>
          schema !== undefined && (
            <Fold key={title} title={title}>
              <Json value={schema} label={title} />
            </Fold>
          ),
      )}
    </div>
  );
}

function Needed({ scopes }: { readonly scopes: readonly string[] }) {
  if (scopes.length === 0) return null;
  return (
    <span className="needed">
      needs{' '}
      {scopes.map(scope => (
        <code key={scope}>{scope}</code>
      ))}
    </span>
  );
}

export function Events({ project, provider }: { readonly project: string; readonly provider: Provider }) {
  const may = useMay(project);
  return (
    <Capabilities project={project} what="events" items={provider.eventTypes} textOf={event => event.description}>
      {(event: EventType) => ({
        about: event.description,
        tags: (
          <>
            {event.triggerable && <Tag>triggers</Tag>}
            {event.waitable && <Tag>can be waited for</Tag>}
          </>
        ),
        more: (
          <>
            <Needed scopes={event.requiredScopes} />
            <Schemas
              entries={[
                ['Payload schema', event.payloadSchema],
                ['Meta schema', event.metaSchema],
              ]}
            />
            {may('events.read') && event.runtimeState !== RuntimeState.PLANNED && (
              <p className="account-links">
                <Link to="/projects/$project/activity" params={{ project }} search={{ type: event.name }}>
                  Its activity
                </Link>
                <Link
                  to="/projects/$project/explain"
                  params={{ project }}
                  search={{ provider: provider.id, type: event.name }}
                >
                  Why did none come?
                </Link>
              </p>
            )}
          </>
        ),
      })}
    </Capabilities>
  );
}

export function Actions({ project, provider }: { readonly project: string; readonly provider: Provider }) {
  return (
    <Capabilities
      project={project}
      what="actions"
      items={provider.actions}
      textOf={action => `${action.title} ${action.description}`}
    >
      {(action: Action) => {
        const risk = riskWord(action.risk);
        const { readOnly, idempotent, destructive } = action.annotations ?? {};
        return {
          title: action.title,
          about: action.description,
          tags: (
            <>
              {readOnly && <Tag>reads only</Tag>}
              {idempotent && !readOnly && <Tag>repeatable</Tag>}
              {destructive && <Badge tone="bad">Destructive</Badge>}
              {risk && <Badge tone={risk.tone}>{risk.text}</Badge>}
            </>
          ),
          more: (
            <>
              <Needed scopes={action.requiredScopes} />
              <Schemas
                entries={[
                  ['Input schema', action.inputSchema],
                  ['Output schema', action.outputSchema],
                ]}
              />
            </>
          ),
        };
      }}
    </Capabilities>
  );
}

export function References({ project, provider }: { readonly project: string; readonly provider: Provider }) {
  const may = useMay(project);
  return (
    <Capabilities
      project={project}
      what="reference types"
      items={provider.referenceTypes}
      textOf={type => `${type.title} ${type.description}`}
    >
      {(type: ReferenceType) => ({
        title: type.title,
        about: type.description,
        tags: <Tag>{type.search === ReferenceSearch.PROVIDER ? 'searched at the provider' : 'indexed'}</Tag>,
        more: (
          <>
            {type.dependsOn.length > 0 && (
              <span className="needed">
                depends on{' '}
                {type.dependsOn.map(each => (
                  <code key={each.key}>
                    {each.key}: {each.referenceType}
                  </code>
                ))}
              </span>
            )}
            <Needed scopes={type.requiredScopes} />
            <Schemas entries={[['Schema of what it depends on', type.dependsOnSchema]]} />
            {may('references.read') && type.runtimeState !== RuntimeState.PLANNED && (
              <p className="account-links">
                <Link to="/projects/$project/pickers" params={{ project }} search={{ type: type.name }}>
                  Try its picker
                </Link>
              </p>
            )}
          </>
        ),
      })}
    </Capabilities>
  );
}

/** Where the provider delivers to, for its own console. */
export function Addresses({ provider }: { readonly provider: Provider }) {
  if (provider.webhookEndpoints.length === 0) return null;
  return (
    <section className="addresses">
      <h2 className="group-title">Addresses for its deliveries</h2>
      <ul className="plain-list">
        {provider.webhookEndpoints.map(endpoint => (
          <li key={endpoint.url} className="address">
            <Copied text={endpoint.url} label="address" />
            <span>
              <Tag>{endpoint.verification}</Tag>{' '}
              {endpoint.status === WebhookEndpointStatus.CONFIGURED ? (
                <Badge tone="good">Verified and taken</Badge>
              ) : endpoint.status === WebhookEndpointStatus.MISSING_SECRET ? (
                <Badge tone="warn">Signing secret missing</Badge>
              ) : (
                <Badge tone="off">Unavailable</Badge>
              )}
            </span>
            {endpoint.notes !== '' && <p className="faint">{endpoint.notes}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
