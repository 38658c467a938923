import { existsSync } from 'node:fs';
import type { Emulator } from '../src/providers/emulator.ts';
import type { AuthKind, ConnectMode, Provider, ProviderFailure } from '../src/providers/provider.ts';
import { emulatedCases } from './emulated-cases.ts';
import { exceptions } from './provider-exceptions.ts';

/**
 * What the suite of `providers.test.ts` tries a provider with. Most of it comes from the provider's emulator; what else there
 * is, such as recorded or published deliveries, lies in `src/providers/<id>/fixtures/cases.ts`, which exports
 * `cases: ProviderCases`. Signatures are made by the vendor's published construction with node:crypto, never with our kit:
 * the two hold each other.
 */
export type ProviderCases = {
  /** Every scope the vendor documents among those the manifest names. */
  readonly knownScopes?: readonly string[];
  /** Token answers and what `readToken` makes of them; `errors` answers must come out with `error`. */
  readonly tokens?: readonly TokenCase[];
  readonly signing?: SigningCase;
  readonly deliveries?: readonly DeliveryCase[];
  /** Requests whose signature the vendor itself has published. */
  readonly published?: readonly PublishedCase[];
  /** What the vendor's documentation shows, copied; every provider begun by `mobius providers new` has them. */
  readonly documented?: readonly DocumentedCase[];
  readonly failures?: readonly FailureCase[];
  readonly identities?: readonly IdentityCase[];
  readonly references?: readonly ReferenceCase[];
  /** What this provider cannot show, and why. */
  readonly exceptions?: Readonly<Partial<Record<Proof, string>>>;
};

export type Proof = 'deliveries' | 'signature' | 'timestamp' | 'published' | 'tokens' | 'references' | 'identities';

export type TokenCase = {
  readonly name: string;
  readonly answer: unknown;
  /** Fields the result must have; `error` among them where the vendor said no. */
  readonly reads: Readonly<Record<string, unknown>>;
};

export type SigningCase = {
  readonly secret: string;
  readonly otherSecret: string;
  /** Lower case; empty where it stands in the body. */
  readonly signatureHeader: string;
  /** What verifies, where it is not what signs. */
  readonly verifying?: string;
};

export type DeliveryCase = {
  readonly name: string;
  readonly suffix: string;
  /**
   * The request as the vendor sends it at that moment, signed with that secret; with the body given, where there is one.
   * Header names in lower case.
   */
  readonly request: (secret: string, at: Date, body?: string) => SignedRequest;
  /** In order; every field given must be equal. Payload fields are compared one by one. */
  readonly events?: readonly ExpectedEvent[];
  /** Texts of the request that no event may carry on. */
  readonly hidden?: readonly string[];
  /** Ids and addresses of the account it must be attributed to, any of them. */
  readonly belongsTo?: readonly string[];
  /** Only read: another case of the provider shows what is refused. */
  readonly readOnly?: boolean;
  /** Instead of events: the answer to the vendor's question. */
  readonly handshake?: { readonly status: number; readonly body: string };
};

export type SignedRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Where it was sent to, for vendors that sign it. */
  readonly url?: string;
};

export type ExpectedEvent = {
  readonly eventType: string;
  readonly deliveryKey?: string;
  readonly semanticKey?: string;
  readonly accountId?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, string>>;
};

export type PublishedCase = SignedRequest & {
  readonly name: string;
  readonly suffix: string;
  readonly secret: string;
  readonly at: Date;
};

/** `source`: address of the page that shows it. */
export type DocumentedCase = { readonly source: string } & (
  | {
      readonly of: 'identity';
      readonly answer: unknown;
      readonly account: { readonly id: string; readonly label: string };
    }
  | { readonly of: 'token'; readonly answer: unknown; readonly accessToken: string }
  | {
      readonly of: 'delivery';
      readonly body: unknown;
      readonly eventType: string;
      readonly accountId?: string;
    }
  | {
      readonly of: 'page';
      readonly type: string;
      readonly answer: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly dependsOn?: Readonly<Record<string, string>>;
      /** What was asked for, where that tells whether it is the last. Default: 100. */
      readonly pageSize?: number;
      /** All that it lists, in order. */
      readonly items: readonly { readonly value: string; readonly label: string }[];
      readonly isLast: boolean;
    }
  | { readonly of: 'action'; readonly action: string; readonly answer: unknown }
);

export type FailureCase = {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly failure: ProviderFailure | undefined;
};

/** The credential of a case: every secret is a canary that no output may show. */
export type CaseCredential = {
  readonly mode: ConnectMode;
  readonly authKind: AuthKind;
  readonly secrets: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** The operator's registration, where a function of the method needs it. */
  readonly app?: {
    readonly fields: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
  };
  /** Headers the vendor must see, by lower-case name. Absent: not compared. */
  readonly sends?: Readonly<Record<string, string>>;
};

export type VendorRequest = {
  readonly method: string;
  /** Path under the server's root, which begins with the endpoint's name: `/api/conversations.list`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** JSON parsed, a form as an object, text otherwise. */
  readonly body: unknown;
};

export type VendorAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type AnswerOfVendor = (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>;

export type IdentityCase = CaseCredential & {
  readonly name: string;
  readonly answer?: AnswerOfVendor;
  readonly account: { readonly id: string; readonly label: string };
  /** A credential of the vendor's form that it does not know: `answer` refuses it. */
  readonly unknown?: Readonly<Record<string, string>>;
  readonly grantedScopes?: readonly string[];
};

export type ReferenceCase = CaseCredential & {
  readonly type: string;
  readonly dependsOn?: Readonly<Record<string, string>>;
  readonly q?: string;
  readonly pageSize: number;
  /** Answers as the vendor does; the suite puts a 429 before each page. */
  readonly answer: AnswerOfVendor;
  /** The values of all pages in order; at least two pages unless the vendor has no paging. */
  readonly values: readonly string[];
  readonly resolve: {
    readonly values: readonly string[];
    readonly found: Readonly<Record<string, 'PRESENT' | 'ARCHIVED' | 'NO_ACCESS'>>;
  };
  /** Words by which the vendor itself finds, and all it finds. */
  readonly found?: { readonly q: string; readonly values: readonly string[] };
};

/**
 * A provider's cases: those it lays beside itself, and for the rest those that its emulator makes. `brought`: the emulator of
 * one that is declared elsewhere.
 */
export async function casesOf(provider: Provider, brought?: Emulator): Promise<ProviderCases> {
  const file = new URL(`../src/providers/${provider.id}/fixtures/cases.ts`, import.meta.url);
  const own = existsSync(file) ? ((await import(file.href)) as { cases: ProviderCases }).cases : {};
  const made = await emulatedCases(provider, brought);
  return { ...made, ...own, exceptions: { ...own.exceptions, ...exceptions[provider.id] } };
}
