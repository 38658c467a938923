import { useMutation, useQuery } from '@connectrpc/connect-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Readiness } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import type { Completeness, Reference, ReferenceType } from '../../../gen/mobius/integrations/v1/reference_pb.js';
import { GapCause, ReferenceState } from '../../../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../../../gen/mobius/integrations/v1/reference_service_pb.js';
import { ReferencePicker } from '../../picker/reference_picker.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Json } from '../parts/code.tsx';
import { Facts } from '../parts/facts.tsx';
import { RefreshIcon } from '../parts/icons.tsx';
import { Cause, Mend } from '../parts/mend.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/say.ts';
import { Empty, Failed, Loaded, Skeleton } from '../parts/states.tsx';
import { Suggest } from '../parts/suggest.tsx';
import { Time } from '../parts/time.tsx';
import { useIntegrations, useReferenceTypes } from '../rpc/catalog.ts';
import { problemOf } from '../rpc/problem.ts';
import { Head } from '../shell/head.tsx';
import { plain } from '../words/readiness.ts';

const route = getRouteApi('/projects/$project/pickers');
const followMs = 2_000;

/** A picker as an automation editor embeds it, and beside it what it knows and what it does not. */
export function PickersPage() {
  const { project } = route.useParams();
  const { type = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const types = useReferenceTypes(project);
  const list = types.data ?? [];
  const chosen = list.find(each => each.name === type);
  return (
    <>
      <Head title="Pickers" about="Look things up as an automation’s editor does: a channel, a repository, a table." />
      <Loaded query={types} what="The reference types" rows={3}>
        {() => (
          <div className="pickers">
            <Suggest
              label="Reference type"
              placeholder="Search, for example slack.channel"
              value={type}
              options={list.toSorted(byReadiness).map(each => each.name)}
              about={name => list.find(each => each.name === name)?.title}
              onChange={next => void navigate({ search: next === '' ? {} : { type: next } })}
            />
            {chosen === undefined ? (
              <Empty title="Choose a reference type">Those that can be used now come first.</Empty>
            ) : (
              <Try key={chosen.name} project={project} type={chosen} />
            )}
          </div>
        )}
      </Loaded>
    </>
  );
}

function byReadiness(one: ReferenceType, other: ReferenceType): number {
  const rank = ({ readiness }: ReferenceType): number =>
    readiness === Readiness.READY ? 0 : readiness === Readiness.DEGRADED ? 1 : 2;
  return rank(one) - rank(other) || one.name.localeCompare(other.name);
}

function Try({ project, type }: { readonly project: string; readonly type: ReferenceType }) {
  const { integration = '', value } = route.useSearch();
  const navigate = route.useNavigate();
  const [dependsOn, setDependsOn] = useState<Readonly<Record<string, string>>>({});
  const integrations = useIntegrations(project, type.provider);
  const isMissing = type.dependsOn.some(each => each.required && !dependsOn[each.key]);
  const isUsable = type.readiness === Readiness.READY || type.readiness === Readiness.DEGRADED || integration !== '';
  const set = (next: { integration?: string; value?: string }): void => {
    const cleaned = Object.entries({ type: type.name, integration, value, ...next }).filter(([, each]) => each);
    void navigate({ search: Object.fromEntries(cleaned), replace: true });
  };
  const accounts = integrations.data ?? [];
  return (
    <>
      {type.readiness !== Readiness.READY &&
        type.causes.map(cause => (
          <Notice key={cause.cause} tone="warn">
            <Cause project={project} cause={cause} />
          </Notice>
        ))}
      <div className="try">
        <section className="box stack loose">
          <h2 className="part-title">As an editor embeds it</h2>
          {accounts.length > 1 && (
            <Choice
              above
              label="Through"
              value={integration}
              options={[
                { value: '', label: 'The one a call would use' },
                ...accounts.map(each => ({ value: each.id, label: each.name })),
              ]}
              onChange={next => set({ integration: next, value: '' })}
            />
          )}
          {type.dependsOn.map(each => (
            <ReferencePicker
              key={each.key}
              project={project}
              referenceType={each.referenceType}
              integrationId={integration}
              label={`${plain(each.key)}${each.required ? '' : ' (optional)'}`}
              value={dependsOn[each.key] ?? null}
              onChange={next => {
                const { [each.key]: _, ...rest } = dependsOn;
                setDependsOn(next === null ? rest : { ...rest, [each.key]: next });
                set({ value: '' });
              }}
              disabled={!isUsable}
            />
          ))}
          <ReferencePicker
            project={project}
            referenceType={type.name}
            integrationId={integration}
            dependsOn={dependsOn}
            label={type.title || type.name}
            value={value ?? null}
            onChange={next => set({ value: next ?? '' })}
            disabled={isMissing || !isUsable}
            {...(isMissing && { placeholder: 'Choose what it depends on first' })}
          />
          {value !== undefined && (
            <Stored project={project} type={type} integration={integration} dependsOn={dependsOn} value={value} />
          )}
        </section>
        {isUsable && !isMissing && (
          <Known project={project} type={type} integration={integration} dependsOn={dependsOn} />
        )}
      </div>
    </>
  );
}

type Question = {
  readonly project: string;
  readonly type: ReferenceType;
  readonly integration: string;
  readonly dependsOn: Readonly<Record<string, string>>;
};

function Stored({ project, type, integration, dependsOn, value }: Question & { readonly value: string }) {
  const query = useQuery(ReferenceService.method.resolveReferences, {
    project,
    referenceType: type.name,
    integrationId: integration,
    dependsOn: { ...dependsOn },
    values: [value],
  });
  return (
    <div className="stack">
      <h3 className="part-title">What the automation stores</h3>
      <Json value={{ [type.name.split('.').at(-1) ?? 'value']: value }} label="Stored value" />
      <h3 className="part-title">What became of it</h3>
      <Loaded query={query} what="The reference" rows={2}>
        {({ references: [reference] }) => reference && <Resolved reference={reference} />}
      </Loaded>
    </div>
  );
}

function Resolved({ reference }: { readonly reference: Reference }) {
  const isThere = reference.state === ReferenceState.PRESENT;
  return (
    <Facts
      entries={[
        [
          'State',
          <Badge key="state" tone={isThere ? 'good' : 'warn'}>
            {plain(ReferenceState[reference.state])}
          </Badge>,
        ],
        ['Label', reference.label],
        ['About', reference.description],
        ['In', reference.parent !== '' && <code>{reference.parent}</code>],
        ['Last seen', reference.lastSeenTime && <Time at={reference.lastSeenTime} />],
        ...Object.entries(reference.metadata).map(([name, value]) => [plain(name), value] as const),
      ]}
    />
  );
}

/** How much of the truth is known, and what keeps the rest away. */
function Known({ project, type, integration, dependsOn }: Question) {
  const query = useQuery(
    ReferenceService.method.lookupReferences,
    { project, referenceType: type.name, integrationId: integration, dependsOn: { ...dependsOn }, pageSize: 1 },
    { retry: false, refetchInterval: ({ state }) => (state.data?.completeness?.complete === false ? followMs : false) },
  );
  const refresh = useMutation(ReferenceService.method.refreshReferences, {
    onSuccess: ({ started }) => {
      say(started ? 'Reading it anew' : 'It is being read already');
      void query.refetch();
    },
    onError: error => say('Not begun', problemOf(error).message, 'bad'),
  });
  return (
    <section className="box stack">
      <div className="box-head">
        <h2 className="part-title">Completeness</h2>
        <Button
          busy={refresh.isPending}
          onClick={() => refresh.mutate({ project, referenceType: type.name, integrationId: integration })}
        >
          <RefreshIcon size={14} /> Refresh
        </Button>
      </div>
      {query.error !== null ? (
        <Failed error={query.error} what="It cannot be looked up" retry={() => void query.refetch()} />
      ) : query.data?.completeness === undefined ? (
        <Skeleton rows={3} label="Loading the completeness" />
      ) : (
        <Whole project={project} found={query.data.completeness} />
      )}
    </section>
  );
}

function Whole({ project, found }: { readonly project: string; readonly found: Completeness }) {
  return (
    <>
      <p className="big">
        {found.known.toLocaleString('en')} <span>known</span>
      </p>
      <p>
        {found.complete ? <Badge tone="good">Complete</Badge> : <Badge tone="warn">Not complete</Badge>}{' '}
        {found.asOf && (
          <span className="faint">
            as of <Time at={found.asOf} />
          </span>
        )}
      </p>
      {found.gaps.map(gap => (
        <Notice
          key={gap.cause}
          tone="warn"
          title={plain(GapCause[gap.cause])}
          action={<Mend project={project} fix={gap.fix} />}
        >
          {gap.message}{' '}
          {gap.scopes.map(scope => (
            <code key={scope}>{scope}</code>
          ))}
        </Notice>
      ))}
    </>
  );
}
