/** Verbs by their participles, where "X should be …ed" orders something. */
const participles: Readonly<Record<string, string>> = {
  subscribed: 'subscribe',
  refunded: 'refund',
  reimbursed: 'refund',
  cancelled: 'cancel',
  canceled: 'cancel',
  ended: 'cancel',
  terminated: 'cancel',
  archived: 'archive',
  retired: 'archive',
  deactivated: 'archive',
  reactivated: 'reactivate',
  unarchived: 'reactivate',
  deleted: 'delete',
  removed: 'delete',
  charged: 'charge',
  billed: 'bill',
  debited: 'charge',
  invoiced: 'invoice',
  moved: 'move',
  switched: 'switch',
  upgraded: 'upgrade',
  downgraded: 'downgrade',
  captured: 'capture',
  voided: 'void',
  paused: 'pause',
  resumed: 'resume',
  finalized: 'finalize',
  finalised: 'finalize',
  renamed: 'rename',
  created: 'create',
  sent: 'send',
  emailed: 'email',
  mailed: 'email',
  notified: 'notify',
  tagged: 'tag',
};
const participle = Object.keys(participles).join('|');
const kinds: Readonly<Record<string, string>> = {
  // Somebody or something: a value, or words up to the verb.
  who: String.raw`(?!(?:we|i|you|there|anyone|anybody|someone|somebody|nobody|it's|that's)\b)(?:the customer |customer |the client )?(?:⟦[iv]\d+⟧|\p{L}[\p{L}\p{M}'’ -]{0,60}?)(?: \(?⟦[iv]\d+⟧\)?)?`,
  done: participle,
  count: String.raw`\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty`,
  value: String.raw`⟦[iv]\d+⟧`,
  attribute: 'phone number|phone|e-?mail(?: address)?|name|address',
  rest: '[^?]*?',
  more: '[^?]*?',
  // Said of many at once.
  group: '(?:everyone|everybody|all|each|those|these|customers?|clients?|anyone)\\b[^?]*?',
};
const manners =
  "(?:(?:please|pls|hi|hello|hey|ok|okay|so|and|now|then|can you|could you|would you|will you|we'd like you to|i'd like you to),? )*";

/**
 * What is said, and how it is said plainly. `{who}`, `{done}` (a participle; `{do}` is its verb), `{count}`, `{value}` and
 * `{rest}` stand for what is carried over; everything else is a regular expression.
 */
const orders: readonly (readonly [said: string, plain: string])[] = [
  [
    '{who} (?:should|needs? to|has to|have to|must|is to|are to|ought to) be {done}{rest}',
    '{do} {who}{rest}',
  ],
  ["(?:i|we)(?:'d| would)? (?:want|like|need) {who} (?:to be )?{done}{rest}", '{do} {who}{rest}'],
  ['(?:get|have) {who} {done}{rest}', '{do} {who}{rest}'],
  [
    '{who} (?:should|can|must) no longer be (?:sold|available|offered|for sale|on sale){rest}',
    'archive the product {who}',
  ],
  [
    "(?:we (?:do not|don't|no longer) sell|stop (?:selling|offering)) {who}(?: any ?more)?",
    'archive the product {who}',
  ],
  [
    '(?:bring|put) {who} back (?:on sale|on the market|in the shop|in the store)',
    'reactivate the product {who}',
  ],
  [
    '{who} should (?:also )?be (?:available|sold|offered) (?:at|for) {rest}',
    'add a price of {rest} to {who}',
  ],
  [
    '{who} (?:wants?|would like|wishes) to (?:switch|move|change|upgrade|downgrade|go)(?: over)? to {rest}',
    'switch {who} to {rest}',
  ],
  [
    '{who} (?:wants?|would like|prefers?) (?:the )?(?:cheaper |bigger |smaller |larger )?{rest} instead',
    'switch {who} to {rest}',
  ],
  [
    '{who} (?:wants?|would like|gets?|takes?) {rest}[,.;]? (?:please )?(?:subscribe|sign up) (?:him|her|them)(?: up)?(?: for it)?(?: please)?',
    'subscribe {who} to {rest}',
  ],
  [
    'give {who} an? {rest} (?:free )?trial (?:of|for|on) {more}',
    'subscribe {who} to {more} with a {rest} trial',
  ],
  ['sub {who} (?:to|on|onto|for) {rest}', 'subscribe {who} to {rest}'],
  [
    "{who} (?:does not|doesn't|doesnt|will not|won't) (?:want to )?(?:renew|continue|stay)[^,.;:]*",
    "cancel {who}'s subscription at the end of the period",
  ],
  [
    "(?:let|make) {who}'s (?:subscription|sub|membership|plan) (?:run out|lapse|expire|end by itself){rest}",
    "cancel {who}'s subscription at the end of the period",
  ],
  [
    "(?:stop|keep|prevent) {who}'s (?:subscription|sub|membership|plan) (?:from|to) (?:renewing|renew){rest}",
    "cancel {who}'s subscription at the end of the period",
  ],
  ['set {value} to (?:cancel|end|stop) {rest}', 'cancel {value} {rest}'],
  ["set {who}'s subscription to (?:cancel|end|stop) {rest}", "cancel {who}'s subscription {rest}"],
  [
    '{who} (?:now )?(?:only )?needs (?:only |just )?{count} (?:more|extra|additional) (?:seats|licences|licenses){rest}',
    "add {count} seats to {who}'s subscription",
  ],
  [
    '{who} (?:now )?(?:only )?needs (?:only |just )?{count} (?:seats|licences|licenses){rest}',
    "change the seats of {who}'s subscription to {count}",
  ],
  [
    '{who} (?:wants|would like) to pay (?:with|by|using) (?:his|her|their) {rest}(?: from now on| in future)?',
    "make {who}'s {rest} the default card",
  ],
  [
    '{who}(?: now| really| only| also)? (?:moved to|lives (?:now )?(?:at|in)) {rest}',
    'change the address of {who} to {rest}',
  ],
  [
    "{who}(?:'s (?:new |correct )number is| has a new number[,:;]?(?: it is| it's)?) {rest}(?:, (?:please )?(?:update|change|save|note) it)?",
    'change the phone number of {who} to {rest}',
  ],
  [
    `{who}'s (?:new |correct ){attribute} is (?:now )?{rest}${noted()}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    `{who} has a new {attribute}(?:,| -|:|;)? (?:it is |it's )?{rest}${noted()}`,
    'change the {attribute} of {who} to {rest}',
  ],
  [
    "{who}'s (?:vat|tax) (?:id|number) is {rest}(?:, (?:please )?(?:save|add|note|store) (?:it|that))?",
    'add the VAT number {rest} to {who}',
  ],
  ['put {value} as the (?:description|note) of {who}', 'set the description of {who} to {value}'],
  ['{group} should get (?:an? )?{rest}', 'send {rest} to {group}'],
  ['{who} should get (?:an? )?{rest}', 'send {rest} to {who}'],
  ['we have (?:got )?a new (?:customer|client)[:,] {rest}', 'create the customer {rest}'],
  ['capture {rest},? and (?:release|free|let go of|give back) the (?:rest|remainder)', 'capture {rest}'],
];

/** Questions that ask for a look at something that they do not name. */
const questions: typeof orders = [
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

/** "…, please update it": said of a value that was just given. */
function noted(): string {
  return '(?:, (?:please )?(?:update|change|save|correct|note) (?:it|that)(?: please)?)?';
}

const compile = (patterns: typeof orders) =>
  patterns.map(([said, plain]) => {
    const body = said.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${kinds[name] ?? ''})`);
    return { pattern: new RegExp(`^${manners}${body}(?<end>[.!?]?)$`, 'iu'), plain };
  });
const compiledOrders = compile(orders);
const compiledQuestions = compile(questions);

const asks =
  /\?\s*$|^(?:what|which|who|whose|when|where|why|how|is|are|was|were|did|does|do|has|if|whether)\b/i;
const objectForms: Readonly<Record<string, string>> = { he: 'him', she: 'her', they: 'them' };

/** Wishes and passives as orders: "Paul should be moved to X" is "move Paul to X". The first pattern that fits is taken. */
export function asOrder(sentence: string): string {
  const polite = /^(?:please |hi,? |hello,? |hey,? )*(?:can|could|would|will) you\b/i.test(sentence);
  for (const { pattern, plain } of asks.test(sentence) && !polite ? compiledQuestions : compiledOrders) {
    const found = pattern.exec(polite ? sentence.replace(/\?\s*$/, '') : sentence)?.groups;
    if (!found) continue;
    const who = found.who ?? '';
    const parts: Record<string, string | undefined> = {
      ...found,
      who: objectForms[who.toLowerCase()] ?? who,
      do: participles[found.done?.toLowerCase() ?? ''],
    };
    return plain
      .replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '')
      .concat(found.end ?? '')
      .replace(/ {2,}/g, ' ')
      .trim();
  }
  return sentence;
}
