import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { pgArray } from '../store/sql.ts';
import type { HandoverOutcome } from './entity.ts';
import { failureText } from './failure_text.ts';
import { isFailure } from './stage.ts';

export type OutcomeReport = {
  readonly project: string;
  readonly sourceEventId: string;
  readonly consumer: string;
  readonly outcome: HandoverOutcome;
  /** One sentence for people; kept where it failed. */
  readonly message: string;
  readonly runIds: readonly string[];
};

/** Keeps the last report. Throws SOURCE_EVENT_NOT_FOUND where the event was never handed to the consumer. */
export async function reportOutcome(em: EntityManager, deps: Pick<Deps, 'now'>, report: OutcomeReport): Promise<void> {
  const { project, sourceEventId, consumer, outcome, message, runIds } = report;
  const error = isFailure(outcome) ? failureText(message) : null;
  const updated = await em.execute<unknown[]>(
    `update handovers set outcome = ?, last_error = ?, run_ids = ?::text[], process_time = ?::timestamptz
     where project = ? and source_event_id = ? and consumer = ? returning project`,
    [outcome, error, pgArray(runIds), deps.now().toISOString(), project, sourceEventId, consumer],
  );
  if (updated.length > 0) return;
  throw new IntegrationError('SOURCE_EVENT_NOT_FOUND', { project, source_event_id: sourceEventId });
}
