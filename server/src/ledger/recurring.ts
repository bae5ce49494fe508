import { sql, type Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';

/**
 * What the lines of subscription invoices bring in a month, from their price and quantity: exact, whatever the length
 * of the month. A line of a change in mid-period counts as the plan it begins or ends, from then on. Usage is not
 * recurring, void invoices brought nothing, a subscription that was never paid for has not begun, and one that ended
 * brings nothing after its end.
 *
 * @param invoices made anew; null: all
 */
export async function bookRecurring(
  trx: Transaction<Schema>,
  ledger: string,
  invoices: readonly string[] | null,
): Promise<void> {
  const which = invoices === null ? sql`true` : sql`invoice.id = any(${invoices})`;
  await sql`
    delete from recurring_lines
    where ledger = ${ledger} and ${invoices === null ? sql`true` : sql`invoice = any(${invoices})`}`.execute(
    trx,
  );
  await sql`
    with lines as (
      select invoice.id as invoice, invoice.data->>'customer' as customer, invoice.data->>'currency' as currency,
        line.*, price.data as price_data, subscription.data->>'ended_at' as ended_at
      from mirrored invoice
      cross join lateral jsonb_to_recordset(invoice.data->'lines') as line (
        id text, product text, amount bigint, discount bigint, subscription text, proration boolean, "from" float8,
        "to" float8, price text, quantity bigint)
      join mirrored price on price.ledger = invoice.ledger and price.kind = 'price' and price.id = line.price
      left join mirrored subscription
        on subscription.ledger = invoice.ledger and subscription.kind = 'subscription'
          and subscription.id = line.subscription
      where invoice.ledger = ${ledger} and invoice.kind = 'invoice' and invoice.data->>'status' <> 'void' and ${which}
        and line.subscription is not null and price.data->>'interval' is not null
        and not (price.data->>'metered')::boolean
        and coalesce(subscription.data->>'status', '') not in ('incomplete', 'incomplete_expired')
    ), priced as (
      select *,
        (price_data->>'interval_count')::numeric * case price_data->>'interval'
          when 'year' then 12 when 'month' then 1 when 'week' then 12 / 52.0 else 12 / 365.0 end as months,
        case when amount + discount = 0 then 0 else amount::numeric / (amount + discount) end as kept,
        (price_data->>'unit_amount')::numeric as unit
      from lines
    )
    insert into recurring_lines
    select ${ledger}, invoice, id, customer, subscription, product, currency,
      round(case when proration and unit is not null then sign(amount::numeric) * unit * quantity * kept else amount end
        / months, 6),
      to_timestamp("from"), to_timestamp(least("to", coalesce(ended_at::float8, "to")))
    from priced
    where "from" < least("to", coalesce(ended_at::float8, "to"))`.execute(trx);
}
