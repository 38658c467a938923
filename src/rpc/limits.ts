// Bounds every listener gives to its router.

/** One message, decompressed. A larger one answers RESOURCE_EXHAUSTED before it is parsed. */
export const maxReadBytes = 4 * 1024 * 1024;
/** The same for CredentialService: a request to send has a body of up to 10 MiB and headers. */
export const maxSendReadBytes = 12 * 1024 * 1024;
/** One answer. Pages are bounded well below this; a larger one is our mistake and must not leave. */
export const maxWriteBytes = 16 * 1024 * 1024;
/** The longest deadline a caller may ask for. Streams go without one. */
export const maxTimeoutMs = 10 * 60 * 1000;
/** A REST body. */
export const maxRestBodyBytes = 1024 * 1024;
/** The deadline of a REST call that names none: above the 59 s of the longest long poll. */
export const restTimeoutMs = 60 * 1000;

/** The limits as router options of Connect. */
export const routerLimits = { readMaxBytes: maxReadBytes, writeMaxBytes: maxWriteBytes, maxTimeoutMs } as const;

/** What one HTTP/2 connection may hold. Node's own bounds on resets (a burst of 1,000, then 33 a second) stand beside. */
export const http2Limits = {
  settings: { maxConcurrentStreams: 256, maxHeaderListSize: 32_768 },
  maxHeaderListPairs: 100,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
} as const;

/**
 * Unary calls a listener has in hand at once. They wait for one another, and a credential that would leave 1.5 s after
 * its record is not handed out: with twice as many, a process that did 500 a second did much of its work in vain.
 */
export const maxCallsInFlight = 512;
