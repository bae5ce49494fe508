import type { Decline } from '../declines.ts';

/** `unpaid`: nobody tried to charge a card; the customer was to pay by themselves. */
export type Situation = Decline['class'] | 'unpaid';

export interface Facts {
  readonly amount: string;
  readonly invoice: string;
  readonly business: string;
  /** Day of the next automatic try, where there is one. */
  readonly retry: string | undefined;
  readonly due: string | undefined;
}

/**
 * What happened and what to do, by what helps. Customers are never told that a card counts as lost, stolen or used for
 * fraud: that is between them and their bank.
 */
const texts: Readonly<Record<Situation, (facts: Facts) => { subject: string; why: string; ask: string }>> = {
  retry_later: ({ amount, invoice, retry }) => ({
    subject: `Your payment of ${amount} has not gone through yet`,
    why: `your bank could not process the payment of ${amount} for the invoice ${invoice}. This is usually temporary.`,
    ask: retry
      ? `We try again on ${retry}, so there is nothing you have to do. If you prefer, you can pay now:`
      : 'You can try again here:',
  }),
  other_method: ({ amount, invoice }) => ({
    subject: `Your payment of ${amount} was declined`,
    why: `your bank declined the payment of ${amount} for the invoice ${invoice}.`,
    ask: 'Please pay with another card or another way of payment, or ask your bank to allow the payment:',
  }),
  authenticate: ({ amount, invoice }) => ({
    subject: `Please confirm your payment of ${amount}`,
    why: `your bank wants you to confirm the payment of ${amount} for the invoice ${invoice} before it goes through.`,
    ask: 'It takes a minute on this page:',
  }),
  fix_details: ({ amount, invoice }) => ({
    subject: `Your card details need a look`,
    why: `the payment of ${amount} for the invoice ${invoice} did not go through because the card details we have are not right.`,
    ask: 'Please enter them again here:',
  }),
  never_retry: ({ amount, invoice }) => ({
    subject: `Your payment of ${amount} needs another card`,
    why: `the payment of ${amount} for the invoice ${invoice} did not go through, and the card cannot be used for it any more.`,
    ask: 'Please pay with another card or another way of payment:',
  }),
  unpaid: ({ amount, invoice, due }) => ({
    subject: `Your invoice ${invoice} over ${amount} is open`,
    why: `the invoice ${invoice} over ${amount} is still open${due ? `; it was due on ${due}` : ''}. If you have paid it in the meantime, please ignore this message.`,
    ask: 'You can pay it here:',
  }),
};

/** The whole message. */
export function messageOf(
  situation: Situation,
  facts: Facts,
  links: { pay: string; portal: string | undefined; name: string | null },
): { subject: string; text: string } {
  const { subject, why, ask } = texts[situation](facts);
  const first = links.name?.trim().split(/\s+/)[0];
  const portal = links.portal
    ? [`To change your card for later payments, sign in here:\n${links.portal}`]
    : [];
  const paragraphs = [
    `Hello${first ? ` ${first}` : ''},`,
    why,
    `${ask}\n${links.pay}`,
    ...portal,
    `If something is unclear, just answer this message.\n\n${facts.business}`,
  ];
  return { subject, text: paragraphs.join('\n\n') };
}
