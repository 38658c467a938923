import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js';

/** How a call ended: `OK`, the published reason, or the code's name where there is no reason. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return error.findDetails(ErrorInfoSchema)[0]?.reason ?? Code[error.code] ?? '';
  }
  return 'OK';
}
