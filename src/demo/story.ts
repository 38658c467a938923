import type { Step } from './step.ts';
import { auditTells } from './steps/audit.ts';
import { claySetUp, linearConnected, openaiReady } from './steps/connect_inline.ts';
import { githubInstalled, sheetsConnected, slackConnected } from './steps/connect_redirect.ts';
import { duplicateKept, eventDelivered, forgedRefused } from './steps/deliveries.ts';
import { nothingLeaked } from './steps/leaks.ts';
import { providerStates } from './steps/providers.ts';
import { actionReadiness } from './steps/readiness.ts';
import { channelsFound } from './steps/references.ts';
import { reflection } from './steps/reflection.ts';
import { messagePosted, strangerRefused, unknownOutside } from './steps/resolve.ts';

/** The steps in the order they are told. */
export const story: readonly Step[] = [
  reflection,
  providerStates,
  slackConnected,
  githubInstalled,
  sheetsConnected,
  linearConnected,
  claySetUp,
  openaiReady,
  actionReadiness,
  eventDelivered,
  duplicateKept,
  forgedRefused,
  channelsFound,
  messagePosted,
  strangerRefused,
  unknownOutside,
  auditTells,
  nothingLeaked,
];
