import type { Order } from './order.ts';

const must =
  '(?:should|needs? to|has to|have to|must|is to|are to|ought to|shall|can|may|could|is ready to|are ready to|is supposed to|wants? to|would like to)(?: now| please| also| then| just)?';

/** Any act of which only what it is done to is said first: "X should be …ed", "I want X …ed", "make sure X is …ed". */
export const passives: readonly Order[] = [
  ['{group} should get (?:an? )?{rest}', 'send {rest} to {group}'],
  ['{who} should get (?:an? )?{rest}', 'send {rest} to {who}'],
  [`{who} ${must} (?:be|get) (?:now )?{done}{rest}`, '{do} {who}{rest}'],
  [
    "(?:i|we)(?:'d| would)? (?:want|like|need|wish|prefer)(?: for)? {who} (?:to be |to get |to have been )?{done}{rest}",
    '{do} {who}{rest}',
  ],
  ['(?:get|have|let|see) {who} (?:be )?{done}{rest}', '{do} {who}{rest}'],
  [
    '(?:make sure|ensure|see to it|take care|please see|kindly see|see)(?: that)? {who} (?:is|are|gets?|will be|has been) {done}{rest}',
    '{do} {who}{rest}',
  ],
  ['to be {done}: {who}{tail}', '{do} {who}{tail}'],
];
