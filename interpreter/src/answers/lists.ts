import { type JsonObject, rowsAt, textAt } from '../json.ts';
import { cell, customerOf, kindName, planOf, rhythmOf, spokenStatus } from './describe.ts';

type Column = readonly [title: string, read: (row: JsonObject) => string];

const field = (name: string) => (row: JsonObject) => cell(row[name]);
const status: Column = ['Status', (row) => spokenStatus(textAt(row, 'status') ?? '')];
const customer: Column = ['Customer', (row) => customerOf(row) ?? ''];
const id: Column = ['Id', (row) => (textAt(row, 'id') ? `\`${textAt(row, 'id')}\`` : '')];
const amount: Column = ['Amount', field('amount')];
const created: Column = ['Created', field('created')];

const columns: Record<string, readonly Column[]> = {
  customer: [['Name', field('name')], ['E-mail', field('email')], ['Phone', field('phone')], id],
  product: [
    ['Product', field('name')],
    ['Price', (row) => priceOf(row)],
    ['Active', (row) => (row.active === false ? 'archived' : '')],
    id,
  ],
  price: [
    ['Product', (row) => cell(row.product_name ?? row.product)],
    ['Amount', (row) => `${cell(row.amount)}${rhythmOf(row)}`],
    ['Active', (row) => (row.active === false ? 'archived' : '')],
    id,
  ],
  charge: [
    ['Date', field('created')],
    amount,
    status,
    customer,
    ['For', field('description')],
    ['Refunded', field('refunded')],
    ['Why it failed', field('failure')],
    id,
  ],
  payment_intent: [['Date', field('created')], amount, status, customer, ['For', field('description')], id],
  subscription: [
    customer,
    ['Plan', planOf],
    status,
    ['Ends', (row) => (row.cancel_at_period_end === true ? `on ${cell(row.current_period_end)}` : '')],
    ['Renews', (row) => (row.cancel_at_period_end === true ? '' : cell(row.current_period_end))],
    id,
  ],
  invoice: [
    ['Invoice', (row) => cell(row.number ?? 'draft')],
    ['Total', field('total')],
    [
      'Still due',
      (row) =>
        /^(?:paid|void)$/.test(textAt(row, 'status') ?? '')
          ? ''
          : cell(row.amount_remaining ?? row.amount_due),
    ],
    status,
    customer,
    ['Due', field('due_date')],
    id,
  ],
  refund: [
    ['Date', field('created')],
    amount,
    status,
    customer,
    ['For', field('description')],
    ['Payment', field('charge')],
    ['Reason', (row) => spokenStatus(textAt(row, 'reason') ?? '')],
    id,
  ],
  dispute: [
    amount,
    ['Reason', (row) => spokenStatus(textAt(row, 'reason') ?? '')],
    status,
    customer,
    ['Evidence due', field('evidence_due')],
    ['Payment', field('charge')],
    id,
  ],
  payout: [amount, status, ['Arrives', field('arrival_date')], created, id],
  balance_transaction: [
    ['Date', field('created')],
    ['Type', field('type')],
    amount,
    ['Fee', field('fee')],
    ['Net', field('net')],
    id,
  ],
  event: [['Time', field('created')], ['What', field('type')], ['About', field('about')], id],
  payment_method: [
    ['Card', (row) => cardOf(row)],
    ['Default', (row) => (row.default === true || row.is_default === true ? 'default' : '')],
    id,
  ],
};

function priceOf(row: JsonObject): string {
  const prices = rowsAt(row, 'prices').map((price) => `${cell(price.amount)}${rhythmOf(price)}`);
  return prices.length > 0 ? prices.join(', ') : cell(row.price);
}

/** `Visa ending in 4242, expires 12/2030`. */
export function cardOf(row: JsonObject): string {
  const card = (
    typeof row.card === 'object' && row.card !== null && !Array.isArray(row.card) ? row.card : row
  ) as JsonObject;
  const brand = cell(card.brand ?? row.type);
  const last4 = cell(card.last4);
  const expires = card.exp_month
    ? `expires ${cell(card.exp_month)}/${cell(card.exp_year)}`
    : cell(card.expires ?? '');
  return [`${brand}${last4 ? ` ending in ${last4}` : ''}`, expires].filter(Boolean).join(', ');
}

/** `company_text` is a text that somebody typed: people call it "company". */
const fieldName = (name: string): string => name.replace(/_text$/, '').replaceAll('_', ' ');

/** Columns for a kind nobody wrote columns for: its plain facts, the id last. */
function columnsFor(of: string, rows: readonly JsonObject[]): readonly Column[] {
  const known = columns[of];
  if (known) return known;
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => name !== 'id' && name !== 'object' && name !== 'livemode',
  );
  return [...names.slice(0, 6).map((name): Column => [fieldName(name), field(name)]), id];
}

/** Rows as a markdown table; columns in which nothing stands are left out. */
export function table(of: string, rows: readonly JsonObject[]): string {
  const filled = columnsFor(of, rows)
    .map(([title, read]) => ({ title, cells: rows.map(read) }))
    .filter(({ cells }) => cells.some((text) => text !== ''));
  const head = `| ${filled.map(({ title }) => title).join(' | ')} |`;
  const rule = `| ${filled.map(() => '---').join(' | ')} |`;
  const lines = rows.map((_, index) => `| ${filled.map(({ cells }) => cells[index] ?? '').join(' | ')} |`);
  return [head, rule, ...lines].join('\n');
}

/** A list result as an answer: how many first, totals where they are complete, then the rows. */
export function listAnswer(value: JsonObject, what: string, around: string): string {
  const rows = rowsAt(value, 'data');
  const of = textAt(value, 'of') ?? '';
  const plural = kindName(what || of, true);
  if (rows.length === 0) return `There are no ${plural}${around}.`;
  return [`${opening(value, rows, what || of, around)}${totalsLine(value)}`, '', table(of, rows)].join('\n');
}

function opening(value: JsonObject, rows: readonly JsonObject[], of: string, around: string): string {
  const seen = typeof value.seen === 'number' ? value.seen : rows.length;
  const many = (count: number) => kindName(of, count !== 1);
  if (value.complete === true && seen > rows.length)
    return `${seen} ${many(seen)}${around}; the newest ${rows.length}:`;
  if (value.complete === true) return `${seen} ${many(seen)}${around}:`;
  return `The newest ${rows.length} ${many(rows.length)}${around} (there are more):`;
}

/** The totals a tool computed, as it named them. */
export function totalsLine(value: JsonObject): string {
  const totals = value.totals;
  if (typeof totals !== 'object' || totals === null || Array.isArray(totals)) return '';
  const parts = Object.entries(totals)
    .map(([name, sum]) => [name, cell(sum)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name.replaceAll('_', ' ')} **${text}**`);
  return parts.length > 0 ? ` ${parts.join(', ')}.` : '';
}

/** Facts of one object as a short list, what was said already left out. */
export function factList(value: JsonObject, leaveOut: readonly string[]): string {
  const hidden = new Set([
    ...leaveOut,
    'object',
    'livemode',
    'metadata',
    'note',
    'created',
    'items',
    'lines',
    'prices',
    'billing_reason',
    'collection_method',
    'latest_invoice_status',
    'amount_due',
    'days_until_due',
    'default_payment_method',
    'canceled_at',
    'times_redeemed',
    'valid',
    'attempt_count',
    'captured',
    'risk_level',
    'charge',
    'card_brand',
    'card_country',
    'failure_code',
  ]);
  return Object.entries(value)
    .filter(
      ([name, fact]) =>
        !hidden.has(name) &&
        fact !== null &&
        !(Array.isArray(fact) && fact.some((row) => typeof row === 'object')) &&
        cell(fact).trim() !== '',
    )
    .map(
      ([name, fact]) => `- ${fieldName(name).replace(/^./, (letter) => letter.toUpperCase())}: ${cell(fact)}`,
    )
    .join('\n');
}
