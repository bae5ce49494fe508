import type { Order } from './order.ts';

const noted =
  '(?:[,;.] (?:please )?(?:update|change|save|correct|note) (?:it|that|(?:his|her|their) \\p{L}+)(?: please)?)?';
/** "…, store it please": said of a number that was just given. */
const kept =
  '(?:[,;]?(?: -)? (?:and )?(?:please |pls |plz |can you |could you )*(?:update|save|note|store|add|record|put|enter) (?:it|that|this)(?: (?:down|in|there|please|pls|plz|for (?:him|her|them|me)|on (?:file|record)))*)?';
const books =
  '(?:(?:our|the|my) )?(?:customer list|customers?|books|system|stripe|database|records|account|list)';
const set = '(?:change|update|correct|fix|set|replace|edit)';
const wrong =
  '(?:outdated|old|wrong|invalid|no longer valid|not valid any ?more|dead|gone|a typo|not right|incorrect)';

/** Who customers are and how they are reached. */
export const customerOrders: readonly Order[] = [
  // E-mail.
  [
    `{who}'s (?:new |correct |right |current )?(?:address|e-?mail|mail)(?: address)? is (?:now )?{email}${noted}`,
    'change the e-mail of {who} to {email}',
  ],
  [
    `{who} (?:now |has )*(?:uses|reads (?:mail|e-?mails) at|is (?:now )?reachable (?:at|under|by|on)|can (?:now )?be reached (?:at|under|by|on)|moved to|changed to|switched to|writes from|wants (?:mail|e-?mails) (?:at|to)|is at) {email}(?: now| from now on| instead)?${noted}`,
    'change the e-mail of {who} to {email}',
  ],
  [
    `{email} is ${wrong}[,;:.]?(?: -)? (?:and )?(?:the )?(?:right|new|correct|current|actual)(?: one| address| e-?mail(?: address)?)? is {newEmail}${noted}`,
    'change the e-mail of {email} to {newEmail}',
  ],
  [`(?:${set}) {email} (?:to|with|by|into) {newEmail}`, 'change the e-mail of {email} to {newEmail}'],
  // Phone.
  [
    `(?:save|store|note|put down|put|record|use|enter|register|add|set) {phone} as (?:the (?:new )?)?{attribute} (?:of|for) {who}`,
    'change the {attribute} of {who} to {phone}',
  ],
  [
    `(?:save|store|note|put down|put|record|use|enter|register|add|set) {phone} as {who}'s (?:new )?{attribute}`,
    'change the {attribute} of {who} to {phone}',
  ],
  [
    `{who} (?:now |has )*(?:is (?:now )?reachable (?:at|under|on|by)|can (?:now )?be reached (?:at|under|on|by)|has the number|answers (?:at|on|under)|uses) {phone}(?: now| from now on)?${noted}`,
    'change the phone number of {who} to {phone}',
  ],
  [
    `{who}(?:'s (?:new |correct )number is| (?:has|got) a new (?:phone )?number[,:;]?(?: it is| it's)?) {rest}${noted}`,
    'change the phone number of {who} to {rest}',
  ],
  // Where they are.
  [
    `{who}(?: now| really| only| also| has)? (?:moved to|lives (?:now )?(?:at|in)|relocated to|has moved to|resides at) {rest}(?: now)?${noted}`,
    'change the address of {who} to {rest}',
  ],
  [
    `{who}'s (?:new |correct )?(?:billing |postal |shipping |home )?address is (?:now )?{rest}${noted}`,
    'change the address of {who} to {rest}',
  ],
  // Anything of theirs.
  [
    `for {who},? (?:the|his|her|their) (?:new |correct )?{attribute} is (?:now )?{rest}${noted}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    `{who} (?:has |just )*changed (?:his|her|their) {attribute} (?:to|2|into) {rest}${noted}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    `{who} (?:wrote in|called|called in|got in touch|rang|moved|changed jobs)[,;:.]? (?:and )?(?:his|her|their) (?:new )?(?:e-?mail|mail)(?: address)? is (?:now )?{email}${noted}`,
    'change the e-mail of {who} to {email}',
  ],
  [
    `{who} (?:got|has) (?:married|divorced|remarried)[,;:.]? (?:and )?(?:she|he|they)(?: is|'s| are) (?:now )?(?:called|named) (?<name>[\\p{L}\\p{M}'’ -]{3,50}?)(?: now)?${noted}`,
    'change the name of {who} to {name}',
  ],
  // Anything of theirs.
  [
    'for {who}: (?<facts>(?:phone|name|e-?mail|address|metadata|description|mobile)\\b[^?]*)',
    'update {who}: {facts}',
  ],
  [
    `{who}'s (?:new |correct ){attribute} is (?:now )?{rest}${noted}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    `{who} (?:has|got) a new {attribute}(?:,| -|:|;)? (?:it is |it's )?{rest}${noted}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    `(?:${set}) the {attribute} (?:of|for) {who}(?::| =| -|;) {rest}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [`(?:${set}) {who}'s {attribute}(?::| =| -|;) {rest}`, 'change the {attribute} of {who} to {rest}'],
  [`{who}'s (?:vat|tax|gst) (?:id|number|no\\.?) is {rest}${kept}`, 'add the VAT number {rest} to {who}'],
  ['put {value} as the (?:description|note) of {who}', 'set the description of {who} to {value}'],
  // New ones, and those who go.
  [
    "(?:we have|we've|we)(?: got| have)? an? new (?:customer|client)[:,] (?<name>[^,:;⟦]+?),? (?:reachable (?:at|under)|with the address|at|e-?mail|mail|with e-?mail|his e-?mail is|her e-?mail is)?:? ?{email}(?:[.;,] (?:please )?(?:add|create|register|save|enter) (?:him|her|them|it))?",
    'create the customer {name}, {email}',
  ],
  ['we have (?:got )?a new (?:customer|client)[:,] {rest}', 'create the customer {rest}'],
  [
    `(?:add|register|enter|save|create|put|set up|book) {who} (?:as|to|into|in)(?: ${books})?(?: as)?(?: an?| our)?(?: new)? (?:customer|client)(?:[,:;]| with| -)? {rest}`,
    'create the customer {who}, {rest}',
  ],
  [
    `(?:i|we) (?:need|want) {who} (?:in|into|on) ${books}(?: as an? customer)?(?:[,:;]| with| -)? {rest}`,
    'create the customer {who}, {rest}',
  ],
  [
    `(?:get|kick|throw|take|wipe|strike|chuck|drop) {who} (?:out of|off|from) ${books}`,
    'delete the customer {who}',
  ],
  [
    `(?:throw out|chuck out|chuck|bin|nuke|scrap|trash|wipe out|wipe|get rid of) (?:the )?(?:customer|client) {who}(?: for good)?`,
    'delete the customer {who}',
  ],
];
