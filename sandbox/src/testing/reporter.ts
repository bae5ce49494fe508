import Stripe from 'stripe';
import { day } from '../clock.ts';
import { createSandbox, type Sandbox } from '../index.ts';

const open: Sandbox[] = [];
/** Ends the sandboxes that a test began. */
export async function closeReporters(): Promise<void> {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
}

/** A Monday, noon in UTC. */
export const monday = Date.UTC(2026, 0, 5, 12) / 1000;

export type Row = Record<string, string>;

/** Reads what is written: every value in quotes, in which lines can break. */
function table(text: string): Row[] {
  const [names = [], ...rows] = text
    .trimEnd()
    .split(/\n(?=")/)
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"')),
    );
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])));
}

/** A sandbox whose time tests move, an account that is paid, and what reports say of it. */
export async function createReporter() {
  const clock = { at: monday * 1000, now: () => clock.at };
  const heard: Stripe.Event[] = [];
  const sandbox = createSandbox({
    clock,
    receiveWebhook: async (request) => {
      heard.push((await request.json()) as Stripe.Event);
      return new Response();
    },
  });
  open.push(sandbox);
  const client = (key: string) =>
    new Stripe(key, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch), maxNetworkRetries: 0 });
  const stripe = client('sk_test_reports');
  const wait = (seconds: number) => {
    clock.at += seconds * 1000;
  };
  const now = () => Math.floor(clock.at / 1000);
  const pay = (params: Partial<Stripe.PaymentIntentCreateParams> = {}, options = {}) =>
    stripe.paymentIntents.create(
      {
        amount: 10_000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        ...params,
      },
      options,
    );
  const read = async ({ result }: Stripe.Reporting.ReportRun) => {
    const answer = await sandbox.fetch(result?.url ?? '', {
      headers: { authorization: 'Bearer sk_test_reports' },
    });
    return answer.text();
  };
  const start = monday - (monday % day);
  const run = async (
    report_type: string,
    parameters: Stripe.Reporting.ReportRunCreateParams.Parameters = {
      interval_start: start,
      interval_end: now() + 1,
    },
  ) => {
    const { id } = await stripe.reporting.reportRuns.create({ report_type, parameters });
    wait(3);
    return table(await read(await stripe.reporting.reportRuns.retrieve(id)));
  };
  return { sandbox, client, stripe, pay, wait, now, read, run, start, heard };
}
