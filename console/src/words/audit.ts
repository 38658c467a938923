import { AuditOutcome } from '../../../gen/mobius/integrations/v1/audit_pb.js';
import type { Tone } from '../parts/notice.tsx';
import { plain } from './readiness.ts';

export function outcomeWord(outcome: AuditOutcome): { readonly tone: Tone; readonly text: string } {
  const tone = outcome === AuditOutcome.SUCCEEDED ? 'good' : outcome === AuditOutcome.DENIED ? 'bad' : 'warn';
  return { tone, text: plain(AuditOutcome[outcome]) };
}
