import type { Json } from '../tools/tool.ts';
import type { ToolTarget } from './connection.ts';

/** Lists of one kind, as the tools show them; null where the key may not read it. */
export interface CustomerStory {
  /** As `get_customer` shows it. */
  readonly customer: Json;
  readonly subscriptions: Json | null;
  readonly invoices: Json | null;
  readonly payments: Json | null;
  readonly disputes: Json | null;
  readonly paymentMethods: Json | null;
}

/** The customers of an account, looked up as they are now. */
export interface CustomerLookup {
  /** The newest, or those whose name or address holds `query`: a list as tools show it. @throws ToolError, explained */
  find(target: ToolTarget, asked: { query: string | undefined; limit: number }): Promise<Json>;
  /** @throws ToolError `not_found` where there is none of this id, or it was deleted */
  story(target: ToolTarget, id: string): Promise<CustomerStory>;
}
