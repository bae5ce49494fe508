/** From a connection's id to what can be done with it. */
import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../clock.ts';
import type { ConnectionsTable, Schema } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import { type OutsideVerdict, type Tool, ToolError } from '../tools/tool.ts';
import type { ConnectionType, EventSource, Reader, ToolTarget } from './connection.ts';
import type { CustomerLookup } from './customers.ts';
import { unusable } from './unusable.ts';

export interface Opening {
  /** Its tools, for one turn. @throws Problem 404 when it was deleted. */
  open(id: string): Promise<{
    account: Account;
    mode: Mode;
    tools: Tool[];
    timeZone: string;
    /** The family of its tools, where it works beside whatever account a thread is about. */
    beside: string | null;
    carries(preset: string): ReadonlySet<string>;
  }>;
  /** The Stripe account behind it, for reports. @throws Problem 404; 422 when it is none */
  reader(id: string): Promise<{ account: Account; mode: Mode; timeZone: string } & Reader>;
  /** Its customers, as they are now. @throws Problem 404; 422 when it is no Stripe account */
  customers(id: string): Promise<{ lookup: CustomerLookup; target: ToolTarget }>;
  /** How its events are told. @throws Problem 404; 422 when it tells none */
  eventSource(id: string): Promise<{
    account: Account;
    mode: Mode;
    source: EventSource;
    /** With its key, opened only when it is asked for: what was signed is verified without it. */
    target(): ToolTarget;
  }>;
  /** How an approval of the far side's own stands; waiting, where nobody can tell now. */
  askApproval(id: string, outsideId: string): Promise<OutsideVerdict>;
  suggestions(id: string): Promise<{ text: string }[]>;
}

/** How exact the time of the last use is. */
const noteUseMs = 60_000;

export function createOpening(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  /** @throws Problem 404. */
  row(id: string): Promise<Selectable<ConnectionsTable>>;
  typeOf(name: string): ConnectionType;
  /** With its key, opened. */
  target(found: Selectable<ConnectionsTable>): ToolTarget;
}): Opening {
  const { db, clock, row, typeOf, target } = needs;

  /** The row, for whoever is about to use its key. */
  async function used(id: string): Promise<Selectable<ConnectionsTable>> {
    const found = await row(id);
    const now = clock.now();
    if (!found.key_used_at || now.getTime() - found.key_used_at.getTime() > noteUseMs)
      await db.updateTable('connections').set({ key_used_at: now }).where('id', '=', id).execute();
    return found;
  }

  return {
    async open(id) {
      const found = await used(id);
      const opened = target(found);
      const { account, mode } = opened;
      const type = typeOf(found.type);
      return {
        account,
        mode,
        tools: type.tools(opened),
        timeZone: account.timeZone ?? 'UTC',
        beside: found.beside,
        carries(name) {
          const preset = type.presets.find((each) => each.name === name) ?? type.presets[0];
          return new Set(preset?.carries ?? []);
        },
      };
    },

    async reader(id) {
      const found = await used(id);
      const opened = target(found);
      const { account, mode } = opened;
      const { reader } = typeOf(found.type);
      if (!reader)
        throw unusable(
          'connectionId',
          'no_stripe_account',
          `${found.name} is no Stripe account.`,
          'Choose one that is.',
        );
      return { account, mode, timeZone: account.timeZone ?? 'UTC', ...reader(opened) };
    },

    async customers(id) {
      const found = await used(id);
      const { customers } = typeOf(found.type);
      if (!customers)
        throw unusable(
          'connectionId',
          'no_customers',
          `${found.name} has no customers.`,
          'Choose a Stripe account.',
        );
      return { lookup: customers, target: target(found) };
    },

    async eventSource(id) {
      const found = await used(id);
      const { events } = typeOf(found.type);
      if (!events)
        throw unusable(
          'connectionId',
          'no_events',
          `${found.name} sends no events.`,
          'Choose a Stripe account.',
        );
      const account = found.account as unknown as Account;
      return { account, mode: found.mode, source: events, target: () => target(found) };
    },

    async askApproval(id, outsideId) {
      const waiting = { status: 'waiting' } as const;
      const found = await row(id).catch(() => null);
      const ask = found && typeOf(found.type).askApproval;
      if (!ask) return waiting;
      return ask(target(found), outsideId).catch((error: unknown) => {
        if (error instanceof ToolError) return waiting;
        throw error;
      });
    },

    async suggestions(id) {
      const found = await row(id);
      return (await typeOf(found.type).suggestions?.(target(found))) ?? [];
    },
  };
}
