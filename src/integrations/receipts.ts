import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { RequestReceiptEntity } from './entity.ts';

const DAY_MS = 86_400_000;

/** A create as it may be repeated: its id, and a keyed hash of all it asks for, secrets included. */
export type Repeatable = {
  readonly project: string;
  readonly requestId: string;
  readonly method: string;
  readonly hash: Buffer;
};

/** Undefined where the caller gave no `request_id`. */
export async function repeatable(
  deps: Deps,
  project: string,
  requestId: string | undefined,
  method: string,
  request: unknown,
): Promise<Repeatable | undefined> {
  if (requestId === undefined) return undefined;
  return {
    project,
    requestId,
    method,
    hash: await deps.vault.mac(project, 'request', JSON.stringify([method, request])),
  };
}

/** The answer given before, for a day; throws where the id stood for another request. */
export async function answerBefore(
  em: EntityManager,
  deps: Deps,
  request: Repeatable | undefined,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (request === undefined) return undefined;
  const { project, requestId } = request;
  const receipt = await em.findOne(RequestReceiptEntity, { project, requestId }, { refresh: true });
  if (receipt === null) return undefined;
  if (receipt.createTime.getTime() < deps.now().getTime() - DAY_MS) {
    await em.nativeDelete(RequestReceiptEntity, { project, requestId });
    return undefined;
  }
  if (!request.hash.equals(receipt.requestHash)) {
    throw new IntegrationError('REQUEST_ID_REUSED', { project, request_id: requestId });
  }
  return receipt.answer;
}

/**
 * Keeps the answer, within the transaction that did the work. Of two requests under one id at once, the later waits here
 * and then fails on the row of the first: answer it with `answerBefore`.
 */
export async function keepAnswer(
  em: EntityManager,
  deps: Deps,
  request: Repeatable | undefined,
  answer: Readonly<Record<string, string>>,
): Promise<void> {
  if (request === undefined) return;
  const { project, requestId, method, hash } = request;
  await em.execute(
    `insert into request_receipts (project, request_id, method, request_hash, answer, create_time)
     values (?, ?, ?, ?, ?::jsonb, ?)`,
    [project, requestId, method, hash, JSON.stringify(answer), deps.now()],
  );
}
