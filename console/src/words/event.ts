import { DeliveryCause, DeliveryStage, EventSource } from '../../../gen/mobius/integrations/v1/event_pb.js';
import type { Tone } from '../parts/notice.tsx';
import { plain } from './readiness.ts';

type Word = { readonly tone: Tone; readonly text: string };

const tones: Partial<Record<DeliveryStage, Tone>> = {
  [DeliveryStage.REJECTED]: 'bad',
  [DeliveryStage.DUPLICATE]: 'off',
  [DeliveryStage.UNMATCHED]: 'warn',
  [DeliveryStage.SUCCEEDED]: 'good',
  [DeliveryStage.RETRYING]: 'warn',
  [DeliveryStage.FAILED]: 'bad',
  [DeliveryStage.DEAD]: 'bad',
};

export function stageWord(stage: DeliveryStage): Word {
  return { tone: tones[stage] ?? 'info', text: plain(DeliveryStage[stage]) };
}

/** What a stage means, for who does not know the words yet. */
export const stageMeaning: Readonly<Record<DeliveryStage, string>> = {
  [DeliveryStage.UNSPECIFIED]: '',
  [DeliveryStage.RECEIVED]: 'Bytes arrived.',
  [DeliveryStage.REJECTED]: 'Refused at the door.',
  [DeliveryStage.DUPLICATE]: 'Repeats an event we have; nothing was published.',
  [DeliveryStage.UNMATCHED]: 'Genuine, but no integration has its account.',
  [DeliveryStage.RECORDED]: 'The receipt is stored.',
  [DeliveryStage.PUBLISHED]: 'The source event waits for a consumer.',
  [DeliveryStage.DELIVERED]: 'A consumer took it.',
  [DeliveryStage.SUCCEEDED]: 'A consumer reported success.',
  [DeliveryStage.RETRYING]: 'A consumer failed; it is handed out again.',
  [DeliveryStage.FAILED]: 'A consumer reported failure for good.',
  [DeliveryStage.DEAD]: 'Handed out as often as the schedule allows.',
};

export const causeOfStop = (cause: DeliveryCause): string => plain(DeliveryCause[cause]);
export const sourceWord = (source: EventSource): string => plain(EventSource[source]);
