/** Codes of Node and PostgreSQL that say the store cannot be reached or is going down; a retry may find it back. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
]);

const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
];

/** Whether a driver's error means that the store is away. ORM errors carry the driver's as their cause. */
export function isStoreUnavailable(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    const { name, message } = e;
    const code = (e as { code?: unknown }).code;
    if (name === 'ConnectionException' || MESSAGES.some(m => message.startsWith(m))) return true;
    if (typeof code === 'string' && CODES.has(code) && isDriverError(e)) return true;
  }
  return false;
}

/** A vendor's refused connection has the same codes; it arrives as a ProviderError, whose causes are not looked into. */
function isDriverError(error: Error): boolean {
  return error.name !== 'ProviderError';
}
