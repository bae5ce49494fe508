import { addMoney, type Money, money, negate, subtractMoney, toDecimal } from '@purser/money';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { cellsOf, type Times } from './columns.ts';
import { csv } from './csv.ts';
import { type Line, linesOf, movesToBank, type Selection } from './lines.ts';
import type { ReportType } from './report-types.ts';

export interface ReportRequest {
  readonly type: ReportType;
  /** The accounts that it is about. */
  readonly accounts: readonly Account[];
  readonly columns: readonly string[];
  readonly selection: Selection;
  readonly times: Times;
}

/** The whole report as comma-separated values, its first line the names of the columns. */
export function reportText(request: ReportRequest): string {
  return csv(tableOf(request));
}

function* tableOf(request: ReportRequest): Generator<readonly string[]> {
  const { type, accounts, columns, selection, times } = request;
  yield columns;
  for (const account of accounts) {
    const lines = linesOf(account, selection);
    if (type.shape === 'itemized') for (const line of lines) yield cellsOf(line, columns, times);
    else {
      const rows = type.shape === 'summary' ? summaryRows(lines) : balanceRows(account, lines, request);
      for (const row of rows)
        yield columns.map((name) => (name === 'connected_account' ? account.id : (row[name] ?? '')));
    }
  }
}

type Row = Readonly<Record<string, string>>;

interface Sum {
  readonly count: number;
  readonly gross: Money;
  readonly fee: Money;
}

/** The sum of lines of one currency. */
function sumOf(lines: readonly Line[], currency: string): Sum {
  const nothing = money(0, currency);
  return {
    count: lines.length,
    gross: lines.reduce((sum, { entry }) => addMoney(sum, money(entry.amount, currency)), nothing),
    fee: lines.reduce((sum, { entry }) => addMoney(sum, money(entry.fee, currency)), nothing),
  };
}

function netOf({ gross, fee }: Sum): Money {
  return subtractMoney(gross, fee);
}

function byKey(lines: readonly Line[], keyOf: (line: Line) => string): [string, Line[]][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const group = groups.get(keyOf(line));
    if (group) group.push(line);
    else groups.set(keyOf(line), [line]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A row for each currency and category, and one for each currency in all. */
function summaryRows(lines: readonly Line[]): Row[] {
  return byKey(lines, ({ entry }) => entry.currency).flatMap(([currency, own]) => {
    const row = (category: string, some: readonly Line[]): Row => {
      const sum = sumOf(some, currency);
      return {
        reporting_category: category,
        currency,
        count: String(sum.count),
        gross: toDecimal(sum.gross),
        fee: toDecimal(sum.fee),
        net: toDecimal(netOf(sum)),
      };
    };
    const categories = byKey(own, ({ entry }) => entry.reporting_category);
    return [...categories.map(([category, some]) => row(category, some)), row('total', own)];
  });
}

/** From the balance at the start to the balance at the end, for each currency. Fees count against the balance here. */
function balanceRows(account: Account, lines: readonly Line[], request: ReportRequest): Row[] {
  const { selection, times } = request;
  const { start = 0, end = start + 1, currency: asked } = selection;
  const before = linesOf(account, { ...selection, start: undefined, end: start });
  const known = new Set([...before, ...lines].map(({ entry }) => entry.currency));
  if (known.size === 0) known.add(asked ?? accountObject(account).default_currency ?? 'usd');
  return [...known].sort().flatMap((currency) => {
    const inCurrency = ({ entry }: Line) => entry.currency === currency;
    const own = lines.filter(inCurrency);
    const starting = netOf(sumOf(before.filter(inCurrency), currency));
    const payouts = sumOf(own.filter(movesToBank), currency);
    const activity = sumOf(
      own.filter((line) => !movesToBank(line)),
      currency,
    );
    const ending = [netOf(activity), netOf(payouts)].reduce(addMoney, starting);
    const row = (category: string, description: string, amount: Money): Row => ({
      category,
      description,
      net_amount: toDecimal(amount),
      currency,
    });
    return [
      row('starting_balance', `Starting balance (${times.local.date(start)})`, starting),
      row('activity_gross', 'Account activity before fees', activity.gross),
      row('activity_fee', 'Less fees', negate(activity.fee)),
      row('activity', 'Activity', netOf(activity)),
      row('payouts_gross', 'Payouts to bank', payouts.gross),
      row('payouts_fee', 'Payout fees', negate(payouts.fee)),
      row('payouts', 'Total payouts', netOf(payouts)),
      row('ending_balance', `Ending balance (${times.local.date(end - 1)})`, ending),
    ];
  });
}
