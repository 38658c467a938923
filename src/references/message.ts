import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type CompletenessSchema,
  GapCause,
  type ReferenceSchema,
  ReferenceState,
} from '../../gen/mobius/integrations/v1/reference_pb.js';
import type { Completeness } from './completeness.ts';
import type { ResolvedReference } from './resolve.ts';

export function referenceMessage(reference: ResolvedReference): MessageInitShape<typeof ReferenceSchema> {
  const { value, label, state } = reference;
  if (state === 'NOT_FOUND') return { value, state: ReferenceState.NOT_FOUND };
  return {
    value: clip(value, 512),
    label: clip(label, 512),
    description: clip(reference.description ?? '', 1_024),
    metadata: boundedMetadata(reference.metadata ?? {}),
    parent: clip(reference.parent ?? '', 512),
    state: ReferenceState[state],
    previousLabel: reference.previousLabel ?? '',
    lastSeenTime: timestampFromDate(reference.seenTime),
  };
}

export function completenessMessage(completeness: Completeness): MessageInitShape<typeof CompletenessSchema> {
  return {
    complete: completeness.complete,
    known: completeness.known,
    asOf: timestampFromDate(completeness.asOf),
    gaps: completeness.gaps.map(({ cause, message, scopes, fix }) => ({
      cause: GapCause[cause],
      message,
      scopes: [...new Set(scopes)],
      fix: fix && { method: fix.method ?? '', arguments: { ...fix.arguments }, setting: fix.setting ?? '' },
    })),
  };
}

/** A vendor's texts are as long as it likes; ours keep the contract's bounds. */
function boundedMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(metadata).slice(0, 32);
  return Object.fromEntries(entries.map(([key, text]) => [clip(key, 64), clip(text, 1_024)]));
}

function clip(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
