-- The ledger: of each account, in each mode, what reports need, in integer minor units. All of it can be fetched again.

create table ledgers (
  -- `acct_…:test`
  id text primary key,
  time_zone text not null,
  -- When the first filling began and ended, and up to when changes were taken in since.
  filled_at timestamptz,
  synced_at timestamptz,
  -- What a filling that was cut short has behind it, by kind of object.
  progress jsonb not null default '{}'
);

-- The fields of Stripe's objects that reports look at, whole enough to make the tables below anew.
create table mirrored (
  ledger text not null references ledgers on delete cascade,
  kind text not null,
  id text not null,
  created_at timestamptz not null,
  data jsonb not null,
  primary key (ledger, kind, id)
);
create index on mirrored (ledger, kind, created_at);
create index on mirrored (ledger, (data->>'charge')) where kind in ('refund', 'dispute');
create index on mirrored (ledger, (data->>'source')) where kind = 'balance_transaction';

-- Which invoice or checkout session a payment belongs to.
create table payment_links (
  ledger text not null references ledgers on delete cascade,
  -- A payment intent or, where there is none, a charge.
  payment text not null,
  kind text not null check (kind in ('invoice', 'checkout_session')),
  source text not null,
  primary key (ledger, payment, source)
);

-- Each balance transaction, shared out to what it was for. The parts of one add up to its net, to the cent.
create table facts (
  ledger text not null references ledgers on delete cascade,
  transaction text not null,
  part integer not null,
  at timestamptz not null,
  -- The first of the month in the account's time zone.
  month date not null,
  currency text not null,
  -- Stripe's reporting category.
  category text not null,
  product text,
  customer text,
  gross bigint not null default 0,
  discount bigint not null default 0,
  tax bigint not null default 0,
  refunded bigint not null default 0,
  disputed bigint not null default 0,
  fee bigint not null default 0,
  -- What is no revenue: payouts, transfers, top-ups.
  other bigint not null default 0,
  net bigint not null,
  primary key (ledger, transaction, part),
  check (net = gross - discount + tax - refunded - disputed - fee + other)
);
create index on facts (ledger, at);

-- The same, summed up by month, so that a year of a large business is read in an instant.
create table fact_months (
  ledger text not null references ledgers on delete cascade,
  month date not null,
  currency text not null,
  category text not null,
  product text not null,
  count bigint not null,
  gross bigint not null,
  discount bigint not null,
  tax bigint not null,
  refunded bigint not null,
  disputed bigint not null,
  fee bigint not null,
  other bigint not null,
  net bigint not null,
  primary key (ledger, month, currency, category, product)
);

-- What each line of a subscription's invoice brings in a month, while it lasts. Exact parts of minor units.
create table recurring_lines (
  ledger text not null references ledgers on delete cascade,
  invoice text not null,
  line text not null,
  customer text not null,
  subscription text not null,
  product text,
  currency text not null,
  monthly numeric(30, 6) not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (ledger, invoice, line)
);
create index on recurring_lines (ledger, ends_at, starts_at);
create index on recurring_lines (ledger, subscription);
