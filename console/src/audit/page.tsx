import { useInfiniteQuery } from '@connectrpc/connect-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { AuditOutcome, type AuditRecord } from '../../../gen/mobius/integrations/v1/audit_pb.js';
import { AuditService } from '../../../gen/mobius/integrations/v1/audit_service_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { type Columns, DataTable } from '../parts/table.tsx';
import { SearchField } from '../parts/text_field.tsx';
import { Time } from '../parts/time.tsx';
import { Head } from '../shell/head.tsx';
import { outcomeWord } from '../words/audit.ts';
import { plain } from '../words/readiness.ts';
import { RecordPanel } from './record_panel.tsx';
import { Verify } from './verify.tsx';

const route = getRouteApi('/projects/$project/audit');

const kinds = [
  { value: '', label: 'Everything' },
  { value: 'credential.resolve', label: 'Credentials handed out' },
  { value: 'credential.*', label: 'Credentials' },
  { value: 'integration.*', label: 'Integrations' },
  { value: 'event.*', label: 'Events' },
] as const;
const outcomes = [
  { value: '', label: 'Any' },
  { value: 'SUCCEEDED', label: 'Succeeded' },
  { value: 'DENIED', label: 'Denied' },
  { value: 'FAILED', label: 'Failed' },
] as const;

export function AuditPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { action = '', resource = '', caller = '', run = '', outcome = '' } = search;
  const [open, setOpen] = useState<AuditRecord>();
  const filter = (next: Partial<typeof search>): void => {
    const cleaned = Object.entries({ ...search, ...next }).filter(([, value]) => value !== '');
    void navigate({ search: Object.fromEntries(cleaned), replace: true });
  };
  const query = useInfiniteQuery(
    AuditService.method.listAuditRecords,
    {
      project,
      action,
      resource,
      caller,
      // A run's name that cannot be one would be an error while it is being typed.
      runId: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(run) ? run : '',
      outcome: AuditOutcome[outcome as keyof typeof AuditOutcome] ?? AuditOutcome.UNSPECIFIED,
      pageSize: 50,
      pageToken: '',
    },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: page => page.nextPageToken || undefined,
      placeholderData: before => before,
    },
  );
  const records = useMemo(() => query.data?.pages.flatMap(page => page.records) ?? [], [query.data]);
  const columns = useMemo(() => columnsFor(setOpen), []);
  return (
    <>
      <Head
        title="Audit"
        about="Who did what, and who was handed which credential for what. Records are never changed."
      />
      <Verify project={project} />
      <div className="filters grid">
        <Choice
          wide
          label="Action"
          value={action}
          options={kinds.some(k => k.value === action) ? kinds : [...kinds, { value: action, label: action }]}
          onChange={next => filter({ action: next })}
        />
        <Choice wide label="Outcome" value={outcome} options={outcomes} onChange={next => filter({ outcome: next })} />
        <SearchField label="Resource" value={resource} onChange={next => filter({ resource: next.trim() })} />
        <SearchField label="Caller" value={caller} onChange={next => filter({ caller: next.trim() })} />
        <SearchField label="Run" value={run} onChange={next => filter({ run: next.trim() })} />
      </div>
      <Loaded query={query} what="The records" rows={8}>
        {() =>
          records.length === 0 ? (
            <Empty title="No record matches">Resource, caller and run are matched whole.</Empty>
          ) : (
            <>
              <DataTable
                label="Audit records"
                columns={columns}
                rows={records}
                rowId={each => each.id}
                onOpen={setOpen}
                isOpen={each => each.id === open?.id}
              />
              {query.hasNextPage && (
                <div className="after-table">
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Older records
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
      {open !== undefined && <RecordPanel record={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function columnsFor(onOpen: (record: AuditRecord) => void): Columns<AuditRecord> {
  return [
    { id: 'time', header: 'When', cell: ({ row: { original: record } }) => <Time at={record.time} /> },
    {
      id: 'action',
      header: 'Action',
      cell: ({ row: { original: record } }) => (
        <button type="button" className="link" onClick={() => onOpen(record)}>
          {record.action}
        </button>
      ),
    },
    {
      id: 'caller',
      header: 'Caller',
      cell: ({ row: { original: record } }) => <code title={record.caller}>{record.caller}</code>,
    },
    {
      id: 'resource',
      header: 'On',
      cell: ({ row: { original: record } }) => (
        <span className="two">
          <span>{record.provider}</span>
          <code className="faint" title={record.resource}>
            {record.resource}
          </code>
        </span>
      ),
    },
    {
      id: 'why',
      header: 'What for',
      cell: ({ row: { original: record } }) =>
        record.purpose === '' ? (
          ''
        ) : (
          <span className="two">
            <code>{record.purpose}</code>
            <span className="faint">{record.runId}</span>
          </span>
        ),
    },
    {
      id: 'outcome',
      header: 'Outcome',
      cell: ({ row: { original: record } }) => {
        const word = outcomeWord(record.outcome);
        return (
          <span className="two">
            <Badge tone={word.tone}>{word.text}</Badge>
            {record.reason !== '' && <span className="faint">{plain(record.reason)}</span>}
          </span>
        );
      },
    },
  ];
}
