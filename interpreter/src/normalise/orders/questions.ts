import type { Order } from './order.ts';

/** Questions that ask for a look at something that they do not name. */
export const questions: readonly Order[] = [
  [
    'who (?:has )?(?:signed up|joined|registered)(?: with us)?(?: (?:most )?recently| last| lately)?',
    'list the newest customers',
  ],
  [
    '(?:is there|do we have|have we got) enough .*\\b(?:balance|account|bank|stripe)\\b.*',
    'show the balance',
  ],
  ['what did (?:each|every) product (?:bring in|make|earn|sell){rest}', 'revenue report by product{rest}'],
];
