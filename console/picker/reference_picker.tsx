import { Combobox } from '@base-ui/react/combobox';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { ConnectError } from '@connectrpc/connect';
import { useInfiniteQuery, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';
import { type UIEvent, useEffect, useMemo, useState } from 'react';
import { type Completeness, type Reference, ReferenceState } from '../../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../../gen/mobius/integrations/v1/reference_service_pb.js';
import './reference_picker.css';

export type ReferencePickerProps = {
  readonly project: string;
  /** For example `slack.channel`. */
  readonly referenceType: string;
  readonly label: string;
  /** What the automation stores; `null` is none. Its label is asked for. */
  readonly value: string | null;
  readonly onChange: (value: string | null, reference: Reference | undefined) => void;
  /** Default: the one a call would use. */
  readonly integrationId?: string;
  /** What the lookup depends on, by key; the picker is off while a required one is missing. */
  readonly dependsOn?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  readonly placeholder?: string;
};

const pageSize = 50;
const typingMs = 120;

/**
 * Picks one thing at a provider by name, id or pasted link, and says how complete the list is. Needs a TransportProvider
 * and a QueryClientProvider around it; brings its own style sheet, which takes its colours from custom properties.
 */
export function ReferencePicker(props: ReferencePickerProps) {
  const { project, referenceType, label, onChange, integrationId = '', disabled = false } = props;
  const dependsOn = { ...props.dependsOn };
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const q = useSettled(typed, typingMs);
  const lookup = useInfiniteQuery(
    ReferenceService.method.lookupReferences,
    { project, referenceType, integrationId, dependsOn, q, pageSize, pageToken: '' },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: page => page.nextPageToken || undefined,
      enabled: open && !disabled,
      placeholderData: keepPreviousData,
      retry: false,
    },
  );
  const chosen = useChosen(props);
  const found = useMemo(() => lookup.data?.pages.flatMap(page => page.references) ?? [], [lookup.data]);
  const completeness = lookup.data?.pages.at(-1)?.completeness;
  // What was typed is ahead of what is shown, or the first page is on its way.
  const isBehind = open && (typed !== q || lookup.isPlaceholderData || lookup.isLoading);
  const more = (event: UIEvent<HTMLElement>): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < 400;
    if (isNearEnd && lookup.hasNextPage && !lookup.isFetching) void lookup.fetchNextPage();
  };
  return (
    <Combobox.Root<Reference>
      items={found}
      filter={null}
      value={chosen}
      onValueChange={next => onChange(next?.value ?? null, next ?? undefined)}
      open={open}
      onOpenChange={setOpen}
      onInputValueChange={setTyped}
      onOpenChangeComplete={isOpen => {
        if (!isOpen) setTyped('');
      }}
      itemToStringLabel={labelOf}
      itemToStringValue={reference => reference.value}
      isItemEqualToValue={(one, other) => one.value === other.value}
      disabled={disabled}
      autoHighlight
    >
      <div className="picker">
        <Combobox.Label className="picker-label">{label}</Combobox.Label>
        <div className="picker-group">
          <Combobox.Trigger className="picker-trigger">
            <span className={chosen === null ? 'picker-none' : 'picker-chosen'}>
              {chosen === null ? (props.placeholder ?? 'None chosen') : labelOf(chosen)}
              {chosen !== null && <StateNote reference={chosen} />}
            </span>
            <svg
              aria-hidden="true"
              width="14"
              height="14"
              viewBox="0 0 16 16"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
            >
              <path d="m4 6 4 4 4-4" />
            </svg>
          </Combobox.Trigger>
          {chosen !== null && (
            <Combobox.Clear className="picker-button" aria-label={`Clear ${label}`}>
              <svg
                aria-hidden="true"
                width="14"
                height="14"
                viewBox="0 0 16 16"
                fill="none"
                stroke="currentColor"
                strokeWidth="1.5"
              >
                <path d="m4 4 8 8m0-8-8 8" />
              </svg>
            </Combobox.Clear>
          )}
        </div>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner className="picker-place" sideOffset={4} align="start">
          <Combobox.Popup className="picker-popup" aria-label={label} aria-busy={isBehind || undefined}>
            <Combobox.Input
              className="picker-search"
              placeholder="Search, or paste a link or id"
              aria-label={`Search: ${label}`}
            />
            <Combobox.Status className="picker-status">
              <Status
                isBehind={isBehind}
                error={lookup.error}
                shown={found.length}
                hasMore={lookup.hasNextPage}
                completeness={completeness}
              />
            </Combobox.Status>
            <Combobox.List className="picker-list" onScroll={more}>
              {(reference: Reference) => (
                <Combobox.Item key={reference.value} value={reference} className="picker-item">
                  <span className="picker-name">
                    {labelOf(reference)}
                    {reference.state === ReferenceState.ARCHIVED && <span className="picker-note">archived</span>}
                    {reference.state === ReferenceState.NO_ACCESS && <span className="picker-note">no access</span>}
                  </span>
                  <span className="picker-value">{reference.value}</span>
                  {reference.description !== '' && <span className="picker-about">{reference.description}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

const labelOf = (reference: Reference): string => reference.label || reference.value;

/** The stored value with the label it has now. */
function useChosen({
  project,
  referenceType,
  value,
  integrationId = '',
  dependsOn,
}: ReferencePickerProps): Reference | null {
  const { data } = useQuery(
    ReferenceService.method.resolveReferences,
    { project, referenceType, integrationId, dependsOn: { ...dependsOn }, values: [value ?? ''] },
    { enabled: value !== null, retry: false, staleTime: 30_000 },
  );
  if (value === null) return null;
  const known = data?.references.find(reference => reference.value === value);
  return known ?? ({ value, label: '' } as Reference);
}

function StateNote({ reference }: { readonly reference: Reference }) {
  const text = {
    [ReferenceState.UNSPECIFIED]: undefined,
    [ReferenceState.PRESENT]: undefined,
    [ReferenceState.RENAMED]: 'renamed',
    [ReferenceState.ARCHIVED]: 'archived',
    [ReferenceState.NO_ACCESS]: 'no access',
    [ReferenceState.NOT_FOUND]: 'not found',
  }[reference.state ?? ReferenceState.UNSPECIFIED];
  return text === undefined ? null : <span className="picker-note">{text}</span>;
}

function Status({
  isBehind,
  error,
  shown,
  hasMore,
  completeness,
}: {
  readonly isBehind: boolean;
  readonly error: unknown;
  readonly shown: number;
  readonly hasMore: boolean;
  readonly completeness: Completeness | undefined;
}) {
  if (error !== null && error !== undefined)
    return <span className="picker-problem">{ConnectError.from(error).rawMessage}</span>;
  if (isBehind) return 'Searching…';
  const known = completeness?.known ?? 0;
  const count = shown === 0 ? 'Nothing matches' : `${hasMore ? 'First ' : ''}${shown.toLocaleString('en')} shown`;
  const asOf = completeness?.asOf && timestampDate(completeness.asOf);
  const whole = completeness?.complete
    ? `all ${known.toLocaleString('en')} searched`
    : `${known.toLocaleString('en')} known, not all`;
  return (
    <>
      <span>
        {count}
        {completeness !== undefined && known > 0 && `, ${whole}`}
        {asOf !== undefined && (
          <time dateTime={asOf.toISOString()} title={asOf.toLocaleString('en-GB')}>{` · ${ago(asOf)}`}</time>
        )}
      </span>
      {completeness?.gaps.map(gap => (
        <span key={gap.cause} className="picker-gap">
          {gap.message}
        </span>
      ))}
    </>
  );
}

function ago(date: Date): string {
  const seconds = Math.max(0, Math.round((Date.now() - date.getTime()) / 1_000));
  if (seconds < 60) return 'as of now';
  const [count, unit] =
    seconds < 3_600 ? [seconds / 60, 'min'] : seconds < 86_400 ? [seconds / 3_600, 'h'] : [seconds / 86_400, 'd'];
  return `as of ${Math.floor(count)} ${unit} ago`;
}

/** The value when it has been still for so long. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
