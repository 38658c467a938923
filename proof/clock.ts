/**
 * Loaded before a service process: sets its clock apart from the machine's, from the start by PROOF_CLOCK_OFFSET_MS and
 * later by a message. What repeats on a timer and fell due in the time that was jumped over runs once.
 */
const MachineDate = Date;
const machineInterval = setInterval;
let offsetMs = Number(process.env.PROOF_CLOCK_OFFSET_MS ?? 0);
const intervals = new Map<NodeJS.Timeout, { readonly everyMs: number; readonly run: () => void }>();

class ProofDate extends MachineDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(MachineDate.now() + offsetMs);
    else super(...(args as [string]));
  }
  static override now(): number {
    return MachineDate.now() + offsetMs;
  }
}
globalThis.Date = ProofDate as DateConstructor;

globalThis.setInterval = ((run: (...args: unknown[]) => void, everyMs = 1, ...args: unknown[]) => {
  const timer = machineInterval(run, everyMs, ...args);
  intervals.set(timer, { everyMs, run: () => run(...args) });
  return timer;
}) as typeof setInterval;
const machineClear = clearInterval;
globalThis.clearInterval = ((timer?: NodeJS.Timeout) => {
  if (timer !== undefined) intervals.delete(timer);
  machineClear(timer);
}) as typeof clearInterval;

process.on('message', (message: { advanceMs?: number }) => {
  const { advanceMs } = message;
  if (advanceMs === undefined) return;
  offsetMs += advanceMs;
  for (const { everyMs, run } of intervals.values()) if (everyMs <= advanceMs) run();
  process.send?.({ advanced: offsetMs });
});
