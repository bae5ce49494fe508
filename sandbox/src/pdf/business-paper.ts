import { formatMoney, money } from '@purser/money';
import type Stripe from 'stripe';
import type { Wire } from '../wire/shapes.ts';
import { createDocument, type Paper } from './document.ts';

/** What invoices, credit notes and quotes show; amounts are minor units. */
export interface BusinessPaper {
  readonly title: string;
  readonly paper: Paper;
  readonly currency: string;
  /** The business that sends it. */
  readonly from: string;
  /** Who it is for, line by line. */
  readonly to: readonly string[];
  /** Number, dates and the like. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** The one sentence it is about: what is due, credited or offered. */
  readonly headline: string;
  readonly items: readonly PaperItem[];
  readonly sums: readonly PaperSum[];
  readonly notes: readonly string[];
}
export interface PaperItem {
  readonly description: string;
  readonly detail?: string;
  readonly quantity: string;
  readonly unitAmount: string;
  readonly amount: number;
}
export interface PaperSum {
  readonly label: string;
  readonly amount: number;
  readonly strong?: boolean;
}

/** The paper as a PDF file. */
export function businessPdf(paper: BusinessPaper): Uint8Array {
  const pdf = createDocument(paper.paper, paper.title);
  const amount = (minor: number) => formatMoney(money(minor, paper.currency));
  pdf.row(
    [
      { text: paper.title, width: 260 },
      { text: paper.from, right: true, width: 200 },
    ],
    {
      font: 'bold',
      size: 18,
    },
  );
  pdf.gap(8);
  for (const [label, value] of paper.facts)
    pdf.row([
      { text: label, width: 110 },
      { text: value, x: 116 },
    ]);
  pdf.gap(14);
  pdf.text('For', { font: 'bold' });
  for (const line of paper.to) pdf.text(line);
  pdf.gap(14);
  pdf.text(paper.headline, { font: 'bold', size: 14 });
  pdf.gap(10);
  writeItems(pdf, paper.items, amount);
  for (const sum of paper.sums)
    pdf.row(
      [
        { text: sum.label, x: 250, width: 150 },
        { text: amount(sum.amount), right: true, width: 90 },
      ],
      sum.strong ? { font: 'bold' } : {},
    );
  pdf.gap(16);
  for (const note of paper.notes) {
    pdf.text(note);
    pdf.gap(6);
  }
  return pdf.bytes();
}

function writeItems(
  pdf: ReturnType<typeof createDocument>,
  items: readonly PaperItem[],
  amount: (minor: number) => string,
): void {
  const columns = (description: string, quantity: string, unit: string, total: string) => [
    { text: description, width: 230 },
    { text: quantity, x: 290, width: 50, right: true },
    { text: unit, x: 390, width: 95, right: true },
    { text: total, width: 90, right: true },
  ];
  pdf.row(columns('Description', 'Qty', 'Unit price', 'Amount'), { font: 'bold' });
  pdf.rule();
  for (const item of items) {
    pdf.row(columns(item.description, item.quantity, item.unitAmount, amount(item.amount)));
    if (item.detail) pdf.row([{ text: item.detail, width: 230 }], { size: 8 });
  }
  pdf.rule();
}

/** `10 May 2026`, in UTC. `at` is in seconds. */
export function paperDate(at: number): string {
  return new Date(at * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
    year: 'numeric',
  });
}

/** An address, line by line, without what is not known. */
export function addressLines(address: Wire<Stripe.Address> | null | undefined): string[] {
  if (!address) return [];
  const place = [address.postal_code, address.city, address.state].filter(Boolean).join(' ');
  return [address.line1, address.line2, place, address.country].filter((line): line is string =>
    Boolean(line),
  );
}
