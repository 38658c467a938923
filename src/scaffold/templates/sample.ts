import type { WebhookAnswers } from '../answers.ts';
import { literal, nested } from '../text.ts';

/** A delivery's body as far as the answers tell, as source text. */
export function sampleOf({ event }: WebhookAnswers): string {
  return nested(placesOf(event, { id: '"delivery-1"', account: '"account-1"', time: '"2026-05-04T03:02:01.000Z"' }));
}

/** What an emulator puts over a sample: the same places, alive. */
export function livingOf({ event }: WebhookAnswers): string {
  const living = { id: 'deliveryId', account: 'account.id', time: 'time.toISOString()' };
  const spread = (fields: string, place: string): string =>
    place.includes('.')
      ? `{ ${fields} }`
      : `{ ...${place === '' ? 'payload' : `(payload.${place} as object)`}, ${fields} }`;
  return nested(placesOf(event, living), spread);
}

function placesOf(
  { kindAt, kind, idAt, accountAt, timeAt }: WebhookAnswers['event'],
  values: { readonly id: string; readonly account: string; readonly time: string },
): readonly (readonly [string, string])[] {
  const all = [
    [kindAt, literal(kind)],
    [idAt, values.id],
    [accountAt, values.account],
    [timeAt, values.time],
  ] as const;
  return all.filter(([place]) => place !== '');
}
