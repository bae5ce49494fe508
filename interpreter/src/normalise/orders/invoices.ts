import type { Order } from './order.ts';

/** Bills on their way: final, void, paid, and offers before them. */
export const invoiceOrders: readonly Order[] = [
  [
    '(?:turn|convert|make|change) {invoice} (?:from (?:an? )?draft )?(?:in)?to (?:an? )?(?:open|final|real|proper|official)(?: invoice| bill| one)?',
    'finalize {invoice}',
  ],
  ['(?:make|get) {invoice} (?:official|open|final|binding)', 'finalize {invoice}'],
  [
    '(?:lock|close|seal|issue) {invoice}(?:,? (?:and|to) make it (?:open|final|official))?',
    'finalize {invoice}',
  ],
  ['(?:throw (?:away|out)|bin|scrap|trash|tear up|annul|get rid of) {invoice}(?:, .*)?', 'void {invoice}'],
  [
    '(?:mark|book|record|treat|count) {invoice} as (?:an? )?(?:bad debt|uncollectible|uncollectable|lost|a loss|unrecoverable)',
    'write off {invoice}',
  ],
  [
    '{invoice} (?:was|has been|is|got) (?:already |now )?(?:paid|settled)(?: for)? (?:by (?:bank transfer|wire(?: transfer)?|che(?:que|ck)|cash)|in cash|outside(?: of)? stripe|offline|elsewhere)',
    'mark {invoice} as paid',
  ],
  [
    '(?:we |i )?(?:got|received|have|had) (?:the |a |an )?(?:cash|money|cheque|check|wire|transfer|payment|bank transfer) for {invoice}[,;.:-]+ ?(?:please )?mark (?:it |that |the invoice )?as paid',
    'mark {invoice} as paid',
  ],
  [
    '(?:(?:create|make|draft|write|prepare|issue|raise|draw up) )?(?:an? )?(?:new )?(?:draft )?(?:invoice|bill) (?:for|to) {who}(?:,|:| -) (?<what>[^$€£¥?;\\d]{3,60}?)(?:,|:| -| for| over| at)? {money}(?<terms>(?:,? (?:due|payable|net)\\b[^?$€£]*)?)',
    'invoice {who} {money} for {what}{terms}',
  ],
  [
    '(?:(?:create|make|draft|write|prepare|issue|raise|draw up) )?(?:an? )?(?:new )?(?:draft )?(?:invoice|bill) (?:for|to) {who}(?:,|:| -) {money} (?:for|of) (?<what>[^$€£¥?;\\d]{3,60}?)(?<terms>(?:,? (?:due|payable|net)\\b[^?$€£]*)?)',
    'invoice {who} {money} for {what}{terms}',
  ],
  // Offers.
  [
    '(?:quote|offer) (?![^?]* on (?:his|her|their) ){who}(?: for)? (?<what>(?:the |our |\\d|two|three|four|five|ten|⟦v|\\p{L})[^?]*?)',
    'create a quote for {who} for {what}',
  ],
  [
    '{who} (?:wants?|needs?|would like|asked for|asks for|is asking for|should get|gets) an? (?:new )?(?:quote|offer|proposal|estimate|quotation) (?:for|on|over|about) {rest}',
    'create a quote for {who} for {rest}',
  ],
  [
    "(?:(?:i|we)(?:'d| would)? (?:like|want|need)(?: to have)? )?(?:an? )?(?:new )?(?:quote|offer|proposal|estimate|quotation) (?:for|to) {who}(?::|,| -| for| over| on| with) {rest}",
    'create a quote for {who} for {rest}',
  ],
  [
    '(?:make|prepare|draw up|write|create|draft|set up|do|put together|issue|send|give) (?:me )?an? (?:new )?(?:quote|offer|proposal|estimate|quotation) (?:for|to) {who}(?::|,| -| over| on| with| about) {rest}',
    'create a quote for {who} for {rest}',
  ],
  [
    '(?:make|prepare|draw up|write|create|draft|send|give) {who} an? (?:new )?(?:quote|offer|proposal|estimate|quotation) (?:for|over|on|with|of|about) {rest}',
    'create a quote for {who} for {rest}',
  ],
];
