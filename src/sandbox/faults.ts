/** Trouble on the way to or from a vendor. The first that matches strikes, `times` times. */
export interface Fault {
  provider: string;
  /** Matched against the vendor's path, without query. */
  path?: RegExp;
  method?: string;
  /** 1 when absent. */
  times?: number;
  /** Lets the vendor do its work first, so that only the answer is lost or replaced. */
  afterWork?: boolean;
  /** Waits before anything else happens; alone, the call then goes on as usual. */
  delayMs?: number;
  /** Holds the answer back for so long once the work is done. */
  answerDelayMs?: number;
  /** Breaks the connection with a TCP reset. */
  reset?: boolean;
  /** Never answers. */
  hang?: boolean;
  status?: number;
  headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  body?: unknown;
}

export interface InjectedFault {
  /** How often it still strikes. */
  readonly remaining: number;
  remove(): void;
}

export interface Faults {
  add(fault: Fault): InjectedFault;
  /** The fault for this call, counted as struck. */
  take(provider: string, method: string, path: string): Fault | undefined;
}

export function openFaults(): Faults {
  const active: { fault: Fault; remaining: number }[] = [];
  const drop = (entry: (typeof active)[number]): void => {
    const at = active.indexOf(entry);
    if (at >= 0) active.splice(at, 1);
  };
  return {
    add(fault) {
      const entry = { fault, remaining: fault.times ?? 1 };
      active.push(entry);
      return {
        get remaining() {
          return entry.remaining;
        },
        remove() {
          entry.remaining = 0;
          drop(entry);
        },
      };
    },
    take(provider, method, path) {
      const entry = active.find(
        ({ fault }) =>
          fault.provider === provider &&
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || new RegExp(fault.path.source, fault.path.flags.replace(/[gy]/g, '')).test(path)),
      );
      if (entry === undefined) return undefined;
      entry.remaining -= 1;
      if (entry.remaining <= 0) drop(entry);
      return entry.fault;
    },
  };
}

/** The vendor's replacement answer, or undefined when the fault only delays. */
export function faultAnswer(fault: Fault): Response | undefined {
  if (fault.status === undefined && fault.body === undefined) return undefined;
  const json = fault.body !== undefined && typeof fault.body !== 'string';
  const headers = { 'Content-Type': json ? 'application/json' : 'text/plain', ...fault.headers };
  const body = json ? JSON.stringify(fault.body) : ((fault.body as string | undefined) ?? null);
  return new Response(body, { status: fault.status ?? 200, headers });
}
