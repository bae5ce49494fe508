import type Stripe from 'stripe';
import type { ApprovalRequest } from '../approvals/request.ts';
import type { Download } from './download.ts';
import type { sdkEndpoints } from './sdk-endpoints.ts';

/**
 * An SDK type as it stands on the wire while nothing is expanded: what can be expanded is an id, decimals and 64-bit
 * integers are text, and only the words that the SDK lists are words (it adds "any other text" to every list of them,
 * for what Stripe may add one day).
 */
export type Wire<T> = Member<string extends Extract<T, string> ? Exclude<T, { object: string }> : T>;

type Member<T> = T extends string
  ? Word<T>
  : T extends Stripe.Decimal | bigint
    ? string
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [Key in keyof T]: Wire<T[Key]> }
        : T;

/** The SDK's "any other text" is `string` in disguise; this tells the two apart. */
type AnyOther = string & Record<never, never>;
type Word<T> = (<X>() => X extends T ? 1 : 2) extends <X>() => X extends AnyOther ? 1 : 2 ? never : T;

/** `T` with some of its fields held to less than Stripe allows: an id where it may be null, a longer list. */
export type Narrowed<T, N extends { [Key in keyof N]: Key extends keyof T ? T[Key] : never }> = Omit<
  T,
  keyof N
> &
  N;

type SdkEndpoints = typeof sdkEndpoints;
/** `GET /v1/customers/:id`: every parameter of an address is called `:id` here. */
type SdkEndpoint = keyof SdkEndpoints;

/** What an endpoint of the SDK answers, on the wire. */
type Answer<E extends SdkEndpoint> = Answered<MethodAt<Stripe, SdkEndpoints[E]>>;

type MethodAt<Owner, Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Owner
    ? MethodAt<Owner[Name], Rest>
    : never
  : Path extends keyof Owner
    ? Owner[Path]
    : never;

type Answered<Method> = Method extends (...args: never[]) => Promise<infer Result>
  ? Result extends Stripe.Response<infer Body>
    ? Wire<Body>
    : never
  : never;

/** An address with every parameter called `:id`: `/v1/charges/:charge/refunds` → `/v1/charges/:id/refunds`. */
type Plain<Path extends string> = Path extends `${infer Before}/:${infer After}`
  ? `${Before}/:id${After extends `${string}/${infer Rest}` ? Plain<`/${Rest}`> : ''}`
  : Path;

/** Endpoints that Stripe answers and the SDK no longer calls, or types in a way that no store of them could follow. */
interface OtherAnswers {
  'GET /v1/charges/:id/refunds': Wire<Stripe.ApiList<Stripe.Refund>>;
  'GET /v1/charges/:id/dispute': Wire<Stripe.Dispute>;
  'POST /v1/charges/:id/dispute': Wire<Stripe.Dispute>;
  'POST /v1/charges/:id/dispute/close': Wire<Stripe.Dispute>;
  'POST /v1/charges/:id/refund': Wire<Stripe.Charge>;
  'POST /v1/charges/:id/refunds': Wire<Stripe.Refund>;
  'GET /v1/charges/:id/refunds/:id': Wire<Stripe.Refund>;
  'POST /v1/charges/:id/refunds/:id': Wire<Stripe.Refund>;
  'GET /v1/events': Stripe.ApiList<AnyEvent>;
  'GET /v1/files/:id/contents': Download;
  'GET /v1/events/:id': AnyEvent;
  'POST /v1/events/:id/retry': AnyEvent;
  'GET /v1/quotes/:id/pdf': Download;
  // In Stripe's reference for some countries, and what its CLI calls to try a card.
  'GET /v1/issuing/funding_instructions': Wire<Stripe.ApiList<Stripe.FundingInstructions>>;
  'POST /v1/issuing/funding_instructions': Wire<Stripe.FundingInstructions>;
  'POST /v1/test_helpers/issuing/fund_balance': Wire<Stripe.FundingInstructions>;
  'POST /v1/issuing/cards/:id/test/authorizations': Wire<Stripe.Issuing.Authorization>;
  // What Stripe's own checkout page calls, and its CLI in the page's stead.
  'GET /v1/payment_pages/:id': Wire<Stripe.Checkout.Session>;
  'POST /v1/payment_pages/:id/confirm': Wire<Stripe.Checkout.Session>;
  'GET /v2/core/events': Stripe.V2List<AnyThinEvent>;
  'GET /v2/core/events/:id': AnyThinEvent;
  'POST /v2/core/event_destinations/:id/ping': AnyThinEvent;
  // The SDK has no type for what is empty.
  'POST /v2/billing/meter_event_stream': Record<string, never>;
  // In preview versions of the SDK alone.
  'GET /v2/core/approval_requests': Stripe.V2List<ApprovalRequest>;
  'GET /v2/core/approval_requests/:id': ApprovalRequest;
  'POST /v2/core/approval_requests/:id': ApprovalRequest;
  'POST /v2/core/approval_requests/:id/cancel': ApprovalRequest;
}

/** An event, whatever happened: the SDK has a type of its own for each. */
interface AnyEvent extends Omit<Wire<Stripe.EventBase>, 'data' | 'type'> {
  readonly type: Stripe.Event['type'];
  readonly data: { readonly object: unknown; readonly previous_attributes?: Record<string, unknown> };
}

/** A thin event, whatever happened; the SDK leaves `related_object` to the types of single events. */
interface AnyThinEvent extends Omit<Wire<Stripe.V2.Core.EventBase>, 'type'> {
  readonly type: string;
  readonly data?: object;
  readonly related_object?: { readonly id?: string; readonly type: string; readonly url: string };
}

/** What a route must answer: `POST /v1/refunds/:refund/cancel`, whatever the path calls its parameters. */
export type AnswerTo<Endpoint extends string> =
  Plain<Endpoint> extends infer E
    ? E extends keyof OtherAnswers
      ? OtherAnswers[E]
      : E extends SdkEndpoint
        ? Answer<E>
        : never
    : never;
