import { providers } from '../src/providers/index.ts';
import { operationsOf } from './operations/index.ts';
import { undescribed } from './undescribed.ts';
import { operationsIn, unheldActions } from './unheld.ts';

/** Whether every action that works names an operation of its vendor. That the vendor has it is for the compiler to say. */
const unheld = unheldActions(providers, operationsOf, undescribed);
for (const what of unheld) console.error(what);
const entries = Object.values(operationsOf).flatMap(of => Object.values(of));
const named = entries.filter(entry => operationsIn(entry).length > 0);
console.log(
  `${named.length} of ${entries.length} actions of ${Object.keys(operationsOf).length} providers name an operation of their vendor`,
);
process.exitCode = unheld.length === 0 ? 0 : 1;
