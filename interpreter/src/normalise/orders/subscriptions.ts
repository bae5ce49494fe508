import type { Order } from './order.ts';

const theirs = '(?:(?:his|her|their|the) (?:\\p{L}+ )?(?:plan|subscription|sub|membership|contract)|us)';
const sub = '(?:subscription|sub|membership|plan|contract)';
const wants =
  "(?:wants?|would like|'d like|has chosen|chose|has picked|picked|takes?|will take|gets?|will get|ordered|orders|bought|joins|is joining|signed up for|signs up for|goes for|goes with|opted for|decided on|starts (?:on|with)|is getting|is taking|should have|should start (?:on|with))(?: to (?:have|get|join|take|be on|go with|sign up for|subscribe to|start))?";
const renews = '(?:renew(?:ed|ing|al)?|auto-?renew(?:ed|ing|al)?|continued?|prolong(?:ed)?|extend(?:ed)?)';
const meanwhile =
  '(?:,? (?:and )?(?:no (?:billing|charges|payments|invoices)|without (?:billing|charging)(?: (?:him|her|them))?))?(?: until further notice|,? for now|,? for the time being| indefinitely)?';
const periodEnd = 'at the end of the period';

/** Plans: begun, changed for another, ended. */
export const subscriptionOrders: readonly Order[] = [
  // Another plan.
  [
    `{who} ${wants} (?:the )?(?:cheaper |bigger |smaller |larger )?{plan}(?<how> monthly| yearly| annually)?(?:,? from now on|,? now)? (?:instead|in place|rather)(?: of [^?]*?| than [^?]*?)?`,
    'switch {who} to {plan}{how}',
  ],
  [`(?:set|change) (?![^?]*(?:'s | of )){who} (?:on|to|onto) {plan}{tail}`, 'put {who} on {plan}{tail}'],
  [
    '(?:put|set|place|have|move|get) {who} (?:on|onto|to) {plan} (?:instead|rather)(?: of [^,;?]*| than [^,;?]*)?{tail}',
    'switch {who} to {plan}{tail}',
  ],
  [
    '{who} (?:wants?|would like|wishes|is|has decided|decided|asked) (?:to )?(?:switch|move|change|upgrade|downgrade|go(?: down| up)?|switching|moving|changing|upgrading|downgrading|going)(?: over)? (?:to|onto) (?!be\\b|cost\\b|pay\\b|leave\\b|cancel\\b|quit\\b|stop\\b){rest}',
    'switch {who} to {rest}',
  ],
  [
    '{who} (?:wants?|would like|prefers?) (?:the )?(?:cheaper |bigger |smaller |larger )?{rest} instead',
    'switch {who} to {rest}',
  ],
  [
    `(?:change of plan|plan change|upgrade|downgrade|switch|move) (?:for|of) {who}(?::|,| -| to) {rest}`,
    'switch {who} to {rest}',
  ],
  [`(?:change|set|update) {who}(?:'s ${sub})? (?:→|->|=>) {plan}`, 'switch {who} to {plan}'],
  [`{who}(?:'s ${sub})? (?:→|->|=>) {plan}`, 'switch {who} to {plan}'],
  // Another rhythm.
  [
    '{who} (?:wants? to|would like to|would rather|would prefer to|will|should|prefers to|decided to|is going to|needs to) (?:now )?(?:pay|be billed|be charged|be invoiced|be on)(?:(?: for)? [^?$€£\\d]*?)? (?:the )?{rhythm}(?: billing| price| plan)?(?: instead[^?]*| rather than[^?]*| from now on| in future)?(?:[,;] (?:please )?(?:change|switch|update|do) (?:it|that)(?: now)?)?',
    'switch {who} to {rhythm} billing',
  ],
  [
    "(?:bill|charge|invoice) {who}'s [\\p{L} ]+? {rhythm}(?: instead[^?]*| rather than[^?]*| from now on| in future)",
    'switch {who} to {rhythm} billing',
  ],
  [
    '(?:bill|charge|invoice) {who} {rhythm}(?: instead[^?]*| rather than[^?]*| from now on| in future)',
    'switch {who} to {rhythm} billing',
  ],
  [
    `(?:change|switch|move|convert) {who}(?:'s (?:[\\p{L} ]+? )?${sub})? from (?:the )?(?:monthly|yearly|annual|annually|weekly) (?:billing |plan |price )?to (?:the )?{rhythm}(?: billing| one| plan| price)?`,
    'switch {who} to {rhythm} billing',
  ],
  // No longer.
  [
    `{who} (?:does not|doesn't|doesnt|will not|won't) (?:want to )?(?:renew|continue|stay|go on)[^,.;:]*`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `{who} (?:asked|asks|told|wants?|would like|wishes)(?: us| me)? not to ${renews}[^.;:]*`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `{who}(?:'s ${sub})? (?:should|must|shall|is|may|can|will) (?:not|no longer|never)(?: be| to be)? ${renews}[^,.;:]*`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `(?:don't|do not|dont|never|no longer) (?:auto-?)?renew {who}(?:'s ${sub})?(?: any ?more)?`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `(?:(?:turn|switch|shut) off|disable|deactivate|remove|stop|cancel|end|no) (?:the )?(?:auto(?:matic)?[- ]?)?renewals? (?:for|of|on) {who}(?:'s ${sub})?`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `(?:(?:turn|switch|shut) off|disable|deactivate|stop|cancel) {who}'s (?:auto(?:matic)?[- ]?)?renewal`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `(?:let|make) {who}'s (?:[\\p{L}]+ ){0,2}?(?:${sub}|[\\p{L}]+) (?:run out|lapse|expire|end by itself){rest}`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  [
    `(?:stop|keep|prevent) {who}'s ${sub} (?:from|to) (?:renewing|renew){rest}`,
    `cancel {who}'s subscription ${periodEnd}`,
  ],
  ['set {value} to (?:cancel|end|stop) {rest}', 'cancel {value} {rest}'],
  [`set {who}'s ${sub} to (?:cancel|end|stop) {rest}`, "cancel {who}'s subscription {rest}"],
  [
    `{who} (?:wants? to|would like to|has decided to|decided to|asked to|asks to|wishes to|is going to|will) (?:leave|quit|cancel|end|stop|terminate)(?: ${theirs})?(?<rest>(?: (?:at|when|after|immediately|now|right|today|with|once|by|on)\\b[^?]*?)?)`,
    "cancel {who}'s subscription{rest}",
  ],
  [
    `{who} is (?:leaving|quitting|cancell?ing|out)(?: ${theirs})?(?<rest>(?: (?:at|when|after|immediately|now|right|today|with|once|by|on)\\b[^?]*?)?)`,
    "cancel {who}'s subscription{rest}",
  ],
  [
    `{who}'s ${sub} (?:should|must|shall|can|may|has to|needs to|will) (?:stop|end|run out|expire|finish|lapse|terminate) {rest}`,
    "cancel {who}'s subscription {rest}",
  ],
  // On hold.
  [
    `(?:put|place) {who}'s ${sub} on (?:hold|ice|pause)${meanwhile}{rest}`,
    "pause {who}'s subscription{rest}",
  ],
  [`(?:put|place) {who} on (?:hold|ice|pause)${meanwhile}{rest}`, "pause {who}'s subscription{rest}"],
  [
    `(?:stop|halt|suspend|pause) (?:billing|charging|invoicing) {who}(?:,? (?:for now|for the time being|until further notice|for a while|temporarily))?(?:,? but (?:keep|leave) (?:his|her|their|the) \\p{L}+(?: (?:running|alive|active|open|as is))?)?`,
    "pause {who}'s subscription",
  ],
  [
    `(?:freeze|suspend|halt|interrupt) (?:billing|payments|the ${sub}) (?:for|of) {who}`,
    "pause {who}'s subscription",
  ],
  [`(?:freeze|suspend|halt|interrupt) {who}'s (?:billing|${sub}){rest}`, "pause {who}'s subscription{rest}"],
  // A new one.
  [
    `{who} (?:wants?|would like|gets?|takes?) {rest}[,.;]? (?:please )?(?:subscribe|sign up) (?:him|her|them)(?: up)?(?: for it)?(?: please)?`,
    'subscribe {who} to {rest}',
  ],
  ['(?:sub|subscribe) {who} (?:to|on|onto|for|→|->|=>) {rest}', 'subscribe {who} to {rest}'],
  [
    '{who} (?:has |just |now )*(?:signed up for|is signing up for|signs up for|subscribed to|wants to subscribe to|would like to subscribe to) {rest}(?:[,;.] (?:so )?(?:please )?(?:start|set|make|activate|create|do) (?:it|that)(?: up)?)?',
    'subscribe {who} to {rest}',
  ],
  [
    '(?:{who}|he|she|they) (?:has |have )?changed (?:his|her|their) mind[,;:. -]+(?:so )?(?:please )?(?:keep|leave|continue|resume|reactivate) (?:it|(?:the|his|her|their) (?:subscription|plan))(?: running| going| on)?',
    'keep the subscription running',
  ],
  [
    `{who} ${wants} {plan}{tail}(?:[.;,] (?:please )?(?:start|set) it(?: up)?)?`,
    'place {who} on {plan}{tail}',
  ],
  ['(?:let|have) {who} (?:have|get|use|start|join) {plan}{tail}', 'place {who} on {plan}{tail}'],
  ['make {who} an? (?:subscriber|member|customer) (?:of|on) {plan}{tail}', 'subscribe {who} to {plan}{tail}'],
  ['(?:set|sign|hook|book|line) {who} up (?:with|on|for|to) {plan}{tail}', 'subscribe {who} to {plan}{tail}'],
  [
    '(?:start|begin|open|activate|book|set up) {plan} (?:for|with) {who}{tail}',
    'subscribe {who} to {plan}{tail}',
  ],
  [
    `(?:an? )?(?:new )?subscription (?:for|of) {who}(?::|,| -| to) {plan}{tail}`,
    'subscribe {who} to {plan}{tail}',
  ],
  [`{plan}(?: subscription)? (?:for|to) {who}{tail}`, 'subscribe {who} to {plan}{tail}'],
];
