/** What a person wants done, in one word per meaning. */
export type Action =
  | 'list'
  | 'get'
  | 'count'
  | 'create'
  | 'update'
  | 'delete'
  | 'archive'
  | 'activate'
  | 'charge'
  | 'confirm'
  | 'pay'
  | 'capture'
  | 'cancel'
  | 'refund'
  | 'subscribe'
  | 'switch'
  | 'send'
  | 'finalize'
  | 'void'
  | 'attach'
  | 'default'
  | 'try'
  | 'explain'
  | 'report'
  | 'search';

/** Words for each action, phrases included. Inflected forms are derived, irregular ones listed. */
const actionWords: Record<Action, string> = {
  list: 'list|show|display|see|view|give me|show me|tell me|fetch|pull up|bring up|pull|print|enumerate|check|get|find|look at|look up|lookup|search for|who are|what are|what were|which',
  get: 'retrieve|details|inspect|what is|what was|how is|look into',
  count: 'count|how many|number of|total number of|tally',
  create:
    'create|make|add|set up|setup|new|open|generate|draft|register|build|prepare|issue|put in|onboard|define|introduce|launch|write up|write|draw up|make out|put together|need|start',
  update:
    'update|change|edit|modify|set|rename|correct|fix|adjust|alter|replace|amend|increase|decrease|raise|lower|reprice|bump|reduce|call',
  delete: 'delete|remove|erase|get rid of|wipe|purge|drop|destroy|kick out|trash|rm',
  archive:
    'archive|deactivate|disable|retire|hide|discontinue|stop selling|take off sale|take off the market|turn off|shelve|mothball',
  activate: 'activate|reactivate|unarchive|restore|enable|bring back|turn on|start selling',
  charge: 'charge|bill|debit|collect|take|process|run|put through|make a payment',
  confirm: 'confirm|complete|execute|submit',
  pay: 'pay|settle',
  capture: 'capture|claim|collect the hold',
  cancel: 'cancel|end|stop|terminate|unsubscribe|abort|call off|scrap|kill|release|cancelation|cancellation',
  refund: 'refund|reimburse|give back|pay back|send back|return|money back|reverse|repay|undo the payment',
  subscribe: 'subscribe|sign up|enroll|enrol|put on|signup|start on',
  switch: 'switch|move|upgrade|downgrade|migrate|swap|transfer|switch over|move over',
  send: 'send|mail|email|e-mail|notify|dispatch|deliver|forward|remind|inform|message',
  finalize: 'finalize|finalise',
  void: 'void|annul|nullify|invalidate',
  attach: 'attach|save|store|link up',
  default: 'make default|default',
  try: 'try|retry|use|attempt|fall back|fallback',
  explain: 'explain',
  report: 'report|summarize|summarise|break down|analyze|analyse|calculate|compute',
  search: 'search',
};

/** Words for each kind of object. The singular is enough where the plural only adds an s. */
const objectWords: Record<string, string> = {
  payment_intent: 'payment intent|paymentintent|payment-intent|intent|pi',
  payment_link: 'payment link|checkout link|pay link|buy link|purchase link|link',
  payment_method:
    'payment method|card|credit card|debit card|saved card|payment card|test card|card on file|backup card|backup payment method|backup method|visa|mastercard|amex|american express',
  balance_transaction: 'balance transaction|ledger|ledger entry|account activity|fee|fees',
  balance: 'balance|balances|funds|money in my account|money available|available money',
  charge: 'charge|payment|transaction|sale|purchase',
  customer: 'customer|client|user|buyer|shopper|subscriber|account holder|patron|consumer',
  product: 'product|item|offering|catalog|catalogue|catalog item|merchandise|goods|service',
  plan: 'plan|tier|package|membership plan',
  price: 'price|pricing|cost|price point|rate|fee for',
  subscription: 'subscription|sub|membership|recurring plan',
  invoice_item: 'invoice item|line item|invoice line|position',
  invoice: 'invoice|bill|inv',
  refund: 'refund|reimbursement',
  dispute: 'dispute|chargeback|charge back|contested payment|contested charge',
  payout: 'payout|pay out|pay-out|bank transfer|bank deposit|transfer to my bank',
  coupon: 'coupon|discount|promo|promo code|promotion code|discount code|voucher|promotion|% off',
  event: 'event|activity|webhook event|log|what happened',
  account: 'account|business|company|stripe account|account info|account information|account detail',
  mail: 'mail|email notification|notification|e-mail notification|reminder|dunning email|dunning|dunning mail|message|newsletter',
  revenue:
    'revenue|turnover|earnings|income|mrr|net revenue|gross|sales report|revenue report|churn|arr|arpu|ltv',
  evidence: 'evidence|evidence suggestion',
  api_key:
    'api key|secret key|secret|key|password|credential|credentials|token|restricted key|publishable key|webhook secret|signing secret',
  decline_code: 'decline code|error code|error',
  phone: 'phone|phone number|telephone|telephone number|mobile|mobile number|cell',
  email: 'email|email address|mail address|e-mail|e-mail address',
  name: 'name',
  description: 'description|note|memo',
  quantity: 'quantity|seat|seats|licence|license|licenses|unit',
  trial: 'trial|free trial',
  status: 'status|state',
};

/** Words that carry no meaning of their own here; none of them is part of a name in lower case. */
const functionWords =
  'a an the this that these those it its he she him her his hers they them their theirs i me my mine we us our ours you your yours ' +
  'is are was were be been being am do does did done have has had having can could would will shall should may might must ' +
  'please pls plz kindly just also too only and or but so then than if when while once as at by for from in into of off on onto out ' +
  'over per to up upto with without within about after before since until till between during through via using under above below ' +
  'not no yes yep yeah nope ok okay hey hi hello thanks thank thx cheers not dont wont cant want wants wanted like gets gotten wishes ' +
  'would id ill im ive lets let us some any all every each another other others same more most less least ' +
  'what which who whom whose where why how much many there here now today back again still already ever yet ' +
  'recent recently latest newest last first second third fourth fifth previous next current existing new old oldest earliest ' +
  'one two three four five six seven eight nine ten half full fully whole entire entirely part partial partially rest remaining both ' +
  'active inactive open overdue unpaid paid failed failing succeeded successful pending past due live test testing sandbox draft void voided canceled cancelled expired ' +
  'archived available default primary backup saved stored immediately right away instead else otherwise either neither ' +
  'good great fine sure correct wrong really actually maybe perhaps probably quickly quick asap ' +
  'id ids number numbers amount total sum figure figures info information detail details data record records list overview table summary page ' +
  'stripe system dashboard period end beginning start month months monthly year years yearly annual annually week weeks weekly day days daily quarter quarterly hour hours recurring ' +
  'go ahead possible wondering need needs going gonna wanna help able time times once forever code money cash off percent subscription-based ' +
  "got get gets make makes made put puts give gives gave show tell know see case long work works worth free because reason it's that's what's " +
  'doing happening happened happen keep leave left kind type sort way thing things stuff everything anything something someone anyone everyone everybody nobody ' +
  'fail fails failed failure decline declined declines rejected rejects bounce bounces bounced goes through case onto upon ago ' +
  'afterwards afterward accidental accidentally across admin administrator afternoon against ago along among around average because best biggest both bought bounce bounced breakdown buy buys case cheapest check checks come comes coming could customer-facing day debt debtor debtors decide describe developer different does doing done double due during each early easily else enough evening ever expensive expire expired expires expiring explain fast feel few find finish first follow following forget full further general give given goes going gone gotten great guy guys hack hackers happen hear hello help hence highest history however idea ignore immediately important include includes including instead instruction instructions into itself joined joke know known large largest late lately later least let letting likely list little look looking looks lot lowest main manual manually many may mean means meant mind mine missing mistake mistakenly mode moment money-back morning most-recent must near nearly never newly next night nothing off often once only order other otherwise overall override overview owe owed owes owing own people perfect person place please poem point policies policy possible pretend previous previously problem prompt proper properly provide provided provides providing purchase question rather reach ready real reason regarding regards registered remind reminder renew renewal renewed renews request requested required reset respond result right rule rules same say saying says second seem sell selling sells send sense set several short should showing shown shows side signed similar simple simply since small smallest soon sorry specific spend spends spent status still story subscribed subscribing such suggest suggestion suggestions support supposed system take taken talk team than their there therefore thing think third though through time together told tomorrow tonight too top total toward towards true trying turn twice under understand unless until upcoming usual usually various want way weather well went were whatever whether while whole will wish with with-in wonder wonderful word words working world worry worst worth write wrong yet ' +
  'authorization authorisation permission permissions plus immediate effect effective redemption redemptions redeem redeemed redeemable uses term terms cycle cycles ' +
  'hiya howdy hmm hm uh um umm oh ah well cool sorry oops yo folks team mate guys cheers ciao servus moin ty nah yup aye lol btw fyi morning afternoon ' +
  'zero eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand grand million ' +
  'buck bucks quid pound billing billed rupees francs yuan pesos ' +
  'earn earned earns profit gross net summarize month-to-date ' +
  'yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday visa mastercard amex discover fraud fraudulent duplicate requested valid validity proration prorate prorated prorating people person website shop store except excluding besides translation consulting ' +
  'dollar dollars euro euros pounds yen percent currency biweekly fortnightly bimonthly ' +
  'using used use called named titled name labelled labeled account file online currently exactly up-to-date date dates automatically auto';

const irregular: Record<string, Action> = {
  paid: 'pay',
  paying: 'pay',
  sent: 'send',
  gave: 'list',
  given: 'list',
  took: 'charge',
  making: 'create',
  taking: 'charge',
  setting: 'update',
  running: 'charge',
  ended: 'cancel',
  cancelled: 'cancel',
  cancelling: 'cancel',
  canceled: 'cancel',
  canceling: 'cancel',
};

/** Longest phrase first, as word lists, so that "payment intent" wins over "payment". */
export interface Phrase<Meaning> {
  readonly words: readonly string[];
  readonly meaning: Meaning;
}

function phrasesOf<Meaning extends string>(table: Record<Meaning, string>): Phrase<Meaning>[] {
  const phrases: Phrase<Meaning>[] = [];
  for (const [meaning, words] of Object.entries(table) as [Meaning, string][]) {
    for (const phrase of words.split('|')) phrases.push({ words: phrase.split(' '), meaning });
  }
  return phrases.sort((a, b) => b.words.length - a.words.length);
}

export const actionPhrases = phrasesOf(actionWords);
export const objectPhrases = phrasesOf(objectWords);
const functions = new Set(functionWords.split(' '));

function vocabularyOf(phrases: readonly Phrase<string>[]): Set<string> {
  return new Set(phrases.flatMap((phrase) => phrase.words));
}

const actionVocabulary = vocabularyOf(actionPhrases);
const objectVocabulary = vocabularyOf(objectPhrases);

/** Every word that has a meaning here, for correcting spelling towards. */
export const domainWords: readonly string[] = [
  ...new Set([
    ...actionVocabulary,
    ...objectVocabulary,
    ...[...objectVocabulary].map((word) => `${word}s`),
    ...functions,
  ]),
].filter((word) => /^[a-z'-]+$/.test(word));

/** The dictionary form of an inflected word, where that form is one of ours: `refunded` → `refund`. */
export function baseForm(word: string): string {
  if (isKnown(word)) return word;
  for (const candidate of candidatesForBase(word)) if (isKnown(candidate)) return candidate;
  return word;
}

function isKnown(word: string): boolean {
  return actionVocabulary.has(word) || objectVocabulary.has(word) || functions.has(word);
}

function candidatesForBase(word: string): string[] {
  const found: string[] = [];
  if (word.endsWith('ies')) found.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) found.push(word.slice(0, -2));
  if (word.endsWith('s')) found.push(word.slice(0, -1));
  for (const ending of ['ing', 'ed']) {
    if (!word.endsWith(ending) || word.length - ending.length < 3) continue;
    const stem = word.slice(0, -ending.length);
    found.push(stem, `${stem}e`, stem.replace(/(.)\1$/, '$1'));
  }
  return found;
}

/** The action a single word stands for, whatever its form. */
export function actionOfWord(word: string): Action | undefined {
  if (irregular[word]) return irregular[word];
  const base = baseForm(word);
  return actionPhrases.find((phrase) => phrase.words.length === 1 && phrase.words[0] === base)?.meaning;
}

/** True for the verbs that have a meaning here without any tool. */
export function isAction(verb: string): boolean {
  return Object.hasOwn(actionWords, verb);
}

/** A tool's own verb in our words: `retrieve` is `get`. Unknown verbs stay as they are. */
export function canonicalAction(verb: string): string {
  const lower = verb.toLowerCase();
  return lower === 'retrieve' || lower === 'get' ? 'get' : (actionOfWord(lower) ?? lower);
}

/** True for words that never start or make a lower-case name. */
export function isOrdinaryWord(word: string): boolean {
  return isKnown(word) || isKnown(baseForm(word)) || irregular[word] !== undefined;
}

export function isFunctionWord(word: string): boolean {
  return functions.has(word);
}

/** True where an object's name holds this word: `payment`, `card`. */
export function isObjectWord(word: string): boolean {
  return objectVocabulary.has(baseForm(word));
}
