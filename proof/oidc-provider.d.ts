/** What the proofs use of it; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Model = { readonly accountId?: string; readonly grantId?: string; readonly isValid: boolean };
  type Found<T> = { find(id: string): Promise<T | undefined> };

  export default class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: Found<Model> & { revokeByGrantId(grantId: string): Promise<void> };
    readonly RefreshToken: Found<Model> & { revokeByGrantId(grantId: string): Promise<void> };
    readonly Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<{ params: Record<string, string> }>;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: object): Promise<void>;
  }
}
