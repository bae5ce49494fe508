import type { Order } from './order.ts';

/** Subscriptions that begin free of charge. */
export const trialOrders: readonly Order[] = [
  [
    'give {who} an? {rest} (?:free )?trial (?:of|for|on) {more}',
    'subscribe {who} to {more} with a {rest} trial',
  ],
  [
    '{who} (?:gets?|should get|may have|can have|receives?) {time} (?:of|on) {plan}(?: for)?(?: free| nothing)(?: of charge)?(?:[, ].*)?',
    'subscribe {who} to {plan} with a trial of {time}',
  ],
  [
    '{who} (?:may|can|should|will|wants? to|would like to) (?:try|test)(?: out)? {plan}(?<how> monthly| yearly| annually)?(?: free| for free)? for {time}(?: for)?(?: free| of charge)?(?: before .*|, then .*)?',
    'subscribe {who} to {plan}{how} with a trial of {time}',
  ],
  [
    'let {who} (?:try|test)(?: out)? {plan}(?: free| for free)? for {time}(?: for)?(?: free| before .*)?',
    'subscribe {who} to {plan} with a trial of {time}',
  ],
  [
    '(?:start )?(?:an? )?{time} (?:free )?trial (?:of|for|on) {plan} for {who}',
    'subscribe {who} to {plan} with a trial of {time}',
  ],
];
