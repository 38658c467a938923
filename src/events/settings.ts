import type { Secret } from '../secret.ts';

/** What the operator decides about deliveries and events. */
export type EventSettings = {
  /** Genuine deliveries an endpoint takes in a second, of each process; five times that at once. */
  readonly endpointPerSecond: number;
  /** Receipts of a project a second, of each process; five times that at once. */
  readonly projectPerSecond: number;
  /** An endpoint's rejections a minute that get a record of their own; beyond it one record counts the rest. */
  readonly rejectionsPerMinute: number;
  /** Replayed and test events of a project a minute, over all processes. */
  readonly replaysPerMinute: number;
  /** Receipts, their payloads and source events are kept for so long. */
  readonly receiptDays: number;
  /** Whether the text of e-mails stays in the payloads of events. */
  readonly keepsMailText: boolean;
  /** Where source events are published to JetStream too; it may hold a password. */
  readonly natsUrl: Secret | undefined;
};
