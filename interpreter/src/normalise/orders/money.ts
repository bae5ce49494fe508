import type { Order } from './order.ts';

const credit = '(?:account |store |goodwill |balance |customer )*credit';
const balance = '(?:(?:his|her|their|the|customer|account) )*(?:balance|account)';
const gets =
  '(?:gets?|should get|receives?|should receive|is owed|is due|deserves|must get|needs|wants|is entitled to|will get|has to get|should be given|is to get)';
const link = '(?:an? |another |the )?(?:new )?(?:shareable |secure )?(?:link|page|url)';
const give =
  '(?:(?:i|we) (?:need|want|would like)|give me|get me|give us|make|create|generate|send me|set up)?';
const manage = '(?:update|change|replace|enter|renew|manage|edit|swap|fix)';
const details =
  '(?:(?:his|her|their|the) )?(?:own )?(?:saved |stored |expired )?(?:card(?: details| data)?|payment (?:details|method|data)|billing (?:details|data|information)|credit card|subscription|plan)';

/** Money that comes, goes back or is promised; links to pay by; words to people. */
export const moneyOrders: readonly Order[] = [
  // Back to whom it came from.
  [
    `{who} ${gets} (?:an? )?(?:refund of )?{money} (?:back|refunded|returned){rest}`,
    'refund {money} to {who}{rest}',
  ],
  [
    `{money} (?:of|from|out of) {id} (?:should|must|has to|needs to|is to|are to) (?:go|be sent|be paid|be given|be returned|be transferred|be refunded)(?: back)?(?: to {who})?`,
    'refund {money} of {id}',
  ],
  [`{money} back (?:to|for) {who}{rest}`, 'refund {money} to {who}{rest}'],
  ['{share} back (?:to|for) {who}{rest}', 'refund {share} to {who}{rest}'],
  [
    '{who} (?:gets|should get|is to get) {money} (?:of|on|for|from) (?<what>(?:the|his|her|their) [^?]*?) back',
    'refund {money} to {who} for {what}',
  ],
  [
    '{who} (?:was|is|looks like|seems to be) (?:an? )?(?<why>duplicate|fraudulent|fraud)(?: charge| payment)?[,;:-]+ ?(?:so )?(?:please )?(?:refund|return|reimburse) (?:it|that)(?: payment| charge)?',
    'refund {who}, {why}',
  ],
  ['capture {rest},? and (?:release|free|let go of|give back) the (?:rest|remainder)', 'capture {rest}'],
  [
    'take {money} (?:of|from) {id},? and (?:release|free|let go of|give back) the (?:rest|remainder)',
    'capture {money} of {id}',
  ],
  // A hold.
  [
    '(?:capture|take|collect|claim) (?:only |just )?(?<part>[$€£¥]?\\d[\\d.,]*(?: ?[$€£¥]| dollars?| euros?| usd| eur)?) (?:of|out of) (?:the )?[$€£¥]?\\d[\\d.,]*(?: ?[$€£¥]| dollars?| euros?| usd| eur)?(?: held| on hold)? (?:on|of|from|in|under) {id}',
    'capture {part} of {id}',
  ],
  [
    '(?:only |just )?{money} (?:of|from|on) {id} (?:should|can|must|needs to|is to|may)(?: now)? be (?:captured|taken|collected|claimed)',
    'capture {money} of {id}',
  ],
  [
    '(?:take|collect|claim|get|cash in) the (?:money|funds|amount|payment|sum) (?:that is |which is )?(?:held|reserved|authori[sz]ed|on hold|blocked) (?:in|on|under|by|with|for) {who}',
    'capture {who}',
  ],
  ['(?:complete|finish|do|make|carry out|perform) the capture (?:of|for|on) {who}', 'capture {who}'],
  ['(?:an? |the )?(?:full )?capture of {who}', 'capture {who}'],
  // From whom it is due.
  [
    "(?:put|place|run|book|ring up) {money} (?:on|to|onto|against|through) {who}(?:'s (?:saved |default |stored )*(?:card|visa|mastercard|account))",
    'charge {who} {money}',
  ],
  [
    '(?:an? )?(?:new )?(?:payment|charge) (?:of|over) {money} (?:from|by|for|to|on) {who}{tail}',
    'charge {who} {money}{tail}',
  ],
  [
    "{money} (?:from|off|on|to) {who}'s (?:saved |default )*{brand}(?: card)?",
    'charge {who} {money} on the {brand}',
  ],
  ['{money} (?:from|off) {who}', 'charge {who} {money}'],
  [
    '{who} (?:has|needs|is supposed|ought|is) to pay {money}[,;:] (?:so )?(?:please )?(?:take|charge|collect|debit|get) (?:it|that|this|(?:his|her|their|the) (?:saved )?card|him|her|them)(?: (?:from|off|on|to|with|using) (?:his|her|their|the) (?:saved )?card)?',
    'charge {who} {money}',
  ],
  [
    '{who} has (?<sum>\\d[\\d.,]*|{money}) to pay[,;:] (?:so )?(?:please )?charge (?:(?:his|her|their) (?:saved )?card|him|her|them)',
    'charge {who} {sum}',
  ],
  // Credit on the balance.
  [
    `{who} ${gets} (?:an? )?{money}(?: of| in| worth of)? ${credit}(?: (?:on|to|for|in) ${balance})?(?: for [^?]*)?`,
    "credit {money} to {who}'s balance",
  ],
  [
    `{who} ${gets} (?:an? )?${credit} (?:of|over) {money}(?: (?:on|to|for|in) ${balance})?(?: for [^?]*)?`,
    "credit {money} to {who}'s balance",
  ],
  [`{who} should have {money} credited(?: (?:on|to|in) ${balance})?`, "credit {money} to {who}'s balance"],
  [
    `(?:put|add|grant|book|place|give|post|apply) (?:an? )?{money}(?: of| in| worth of)? ${credit} (?:on|to|onto|for|in) {who}(?:'s (?:customer |account )?(?:balance|account))?`,
    "credit {money} to {who}'s balance",
  ],
  [
    `(?:grant|give) {who} (?:an? )?{money}(?: of| in| worth of)? ${credit}(?: (?:on|to|for|in) ${balance})?`,
    "credit {money} to {who}'s balance",
  ],
  [
    `(?:an? )?(?:new )?${credit} (?:of|over) {money} (?:for|to|on) {who}(?:'s (?:balance|account))?`,
    "credit {money} to {who}'s balance",
  ],
  [
    `(?:an? )?{money} ${credit} (?:for|to|on) {who}(?:'s (?:balance|account))?`,
    "credit {money} to {who}'s balance",
  ],
  // Discounts on what runs.
  [
    '(?:give|grant) {who} (?:the )?(?:coupon |code |discount )?{code}(?: (?:on|for) (?:his|her|their|the) \\p{L}+)?',
    "apply {code} to {who}'s subscription",
  ],
  [
    '{who} (?:gets|should get|receives|is to get) (?:the )?(?:coupon |code |discount )?{code}(?: (?:on|for) (?:his|her|their|the) \\p{L}+)?',
    "apply {code} to {who}'s subscription",
  ],
  [
    '{who} (?:gets|should get|receives|is to get) the (?<coupon>[\\p{L} ]+?) (?:discount|coupon)(?: (?:on|for) (?:his|her|their|the) \\p{L}+)?',
    'apply the coupon "{coupon}" to {who}\'s subscription',
  ],
  // Coupons that end, taxes, disputes that are given up.
  [
    '(?:kill|get rid of|scrap|drop|remove|end|withdraw|delete|bin|trash|pull|retire) (?:the |our )?(?:coupon |discount |voucher )(?<what>[^?,;]+?)',
    'delete the coupon {what}',
  ],
  [
    '(?:kill|get rid of|scrap|drop|remove|end|withdraw|delete|bin|trash|pull|retire) (?:the |our )?(?<what>[^?,;]+?) (?:coupon|discount|voucher)',
    'delete the coupon {what}',
  ],
  ['(?:kill|get rid of|scrap|drop|withdraw|delete|bin|trash) {code}', 'delete the coupon {code}'],
  ['(?:an? )?(?:new )?tax rate(?: please)?[:,] {rest}', 'create a tax rate: {rest}'],
  [
    '(?:add|create|set up|register|enter|introduce|we need|i need)(?: an?| the)? (?<tax>(?:[\\p{L}]+ )?(?:vat|gst|hst|pst|sales tax|mwst|iva|tva)\\b(?!.*\\b(?:number|id)\\b)[^?]*?\\d[\\d.]* ?(?:%|percent|per cent)[^?]*?)',
    'create a tax rate: {tax}',
  ],
  [
    "(?:we|i) (?:don't|do not|won't|will not|are not going to|aren't going to) (?:fight|contest|challenge|defend|dispute|answer) {who}'s (?:dispute|chargeback)(?:[,;.] (?:so )?(?:please )?(?:accept|concede|close) (?:it|that))?",
    "accept {who}'s dispute",
  ],
  [
    "(?:concede|give up(?: on)?|lose|stop fighting|don't fight|do not fight|don't contest) {who}'s (?:dispute|chargeback)",
    "accept {who}'s dispute",
  ],
  // Pages to pay on.
  [
    '(?:an? )?(?<page>(?:checkout|hosted payment|payment) (?:page|session)) for {who} (?:to (?:buy|pay for|order|purchase|subscribe to)|with|over) {rest}',
    'create a {page} for {who} with {rest}',
  ],
  [
    '(?:an? )?(?<page>(?:checkout|hosted payment|payment) (?:page|session))(?::|,) (?<what>[^?]*?) for {who}',
    'create a {page} for {who} with {what}',
  ],
  ['(?:an? )?(?:new )?payment link[,:] {rest}', 'create a payment link for {rest}'],
  [
    '(?:offer|give|grant) {who} (?:the|a|our) (?<coupon>[^?,;]+?)(?: discount| coupon| voucher)? on (?:his|her|their) (?:current |running |existing )?(?:subscription|plan|membership)',
    'apply the coupon "{coupon}" to {who}\'s subscription',
  ],
  [
    '(?:offer|give|grant) {who} the (?<coupon>[\\p{L}\\d ]+?(?: sale| offer|))(?: discount| coupon| voucher)',
    'apply the coupon "{coupon}" to {who}\'s subscription',
  ],
  // Links.
  [
    `${give} ?${link} for {who},? so(?: that)? (?:he|she|they) (?:can|could|may) ${manage} ${details}(?: (?:himself|herself|themselves|on (?:his|her|their) own))?`,
    'create a portal link for {who}',
  ],
  [
    `${give} ?${link} (?:where|with which|by which|so(?: that)?|through which|that lets|for|at which) {who} (?:can |could |may |to )?${manage} ${details}(?: (?:himself|herself|themselves|on (?:his|her|their) own))?`,
    'create a portal link for {who}',
  ],
  [
    `{who} (?:wants?|would like|needs?|has) to ${manage} ${details}(?: (?:himself|herself|themselves|on (?:his|her|their) own))?[.,;:]? (?:so )?(?:please )?(?:send|give|get|make|create|generate)(?: me| us| him| her| them)? ${link}(?: for (?:that|it|this))?`,
    'create a portal link for {who}',
  ],
  [
    `${give} ?(?:an? |the )?(?:customer |billing |self-service |card[- ]update )*(?:portal|self-service|card[- ]update)(?: link| page| session| url| access)? (?:for|to) {who}`,
    'create a portal link for {who}',
  ],
  [
    `${give} ?${link} (?:where|with which|by which|so(?: that)?|through which|that lets|for|at which) (?:people|customers|anyone|they|someone|folks|buyers|everybody|clients|visitors)(?: can| could| may| to)? (?:pay for|buy|purchase|order|get|pay) {rest}`,
    'create a payment link for {rest}',
  ],
  [
    `${give} ?${link} (?:to|for) (?:buy(?:ing)?|purchas(?:e|ing)|pay(?:ing)? for|order(?:ing)?) {rest}`,
    'create a payment link for {rest}',
  ],
  [
    '{who} needs (?:an? )?(?:new )?(?:payment|pay|buy|checkout|purchase) link',
    'create a payment link for {who}',
  ],
  [
    '(?:give|get|send) (?:me|us) (?:an? )?(?:checkout|buy|purchase|pay) link (?:for|to) {rest}',
    'create a payment link for {rest}',
  ],
  // Cards.
  [
    '{who} (?:wants?|would like) to (?:now )?pay (?:with|by|using) (?:his|her|their) {rest}(?: from now on| in future)?',
    "make {who}'s {rest} the default card",
  ],
  [
    "(?:use|take) (?:the|his|her|their) {brand} for (?:all )?{who}'s (?:future|next|coming|further|upcoming) (?:payments|charges|invoices|bills)(?: from now on)?",
    "make {who}'s {brand} the default card",
  ],
  // To the bank.
  [
    '(?:send|transfer|move|wire|pay) {money} (?:from (?:the |our |my )?(?:stripe ?)?(?:balance|account)? ?)?(?:in)?to (?:my|our|the) bank(?: account)?',
    'pay out {money}',
  ],
  // Words.
  [
    'tell (?!me\\b|us\\b){who} (?:that )?(?<words>(?:his|her|their|its|the|our|we|he|she|they|it)\\b[^?]*?)',
    'email {who} that {words}',
  ],
];
