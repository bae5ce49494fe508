import type { Order } from './order.ts';

const shelf =
  '(?:(?:the |our )?(?:shop|store|catalog(?:ue)?|market|shelf|shelves|range|assortment|offer(?:ing)?s?|line-?up|website|site|list|price list|sale))';

/** What is sold: new, off sale, back on sale, at another price. */
export const goodsOrders: readonly Order[] = [
  [
    '{who} (?:should|can|must) no longer be (?:sold|available|offered|for sale|on sale){rest}',
    'archive the product {good}',
  ],
  [
    "(?:we (?:do not|don't|no longer|won't|will not) (?:sell|offer|stock|have)|stop (?:selling|offering)) {who}(?: any ?(?:more|longer))?(?:[,;.] (?:so )?(?:please )?(?:take|pull|put|get|archive|deactivate|remove|hide|disable) (?:it|that|them)\\b[^?]*?)?",
    'archive the product {good}',
  ],
  [
    `(?:take|pull|remove|get|drop|strike) {who} (?:from|out of|off|off of) ${shelf}`,
    'archive the product {good}',
  ],
  [`take {who} (?:offline|down|off)`, 'archive the product {good}'],
  [`(?:bring|put|get) {who} back (?:on|in|into|onto|to) ${shelf}`, 'reactivate the product {good}'],
  ['(?:sell|offer|stock) {who} again', 'reactivate the product {good}'],
  [
    'make {who} (?:available|active|buyable|purchasable)(?: for sale)?(?: again)?',
    'reactivate the product {good}',
  ],
  [
    '{who} is (?:back|available again|in stock again)(?: (?:on sale|in stock|in the shop))?(?:[:,;.-]+ ?(?:so )?(?:please )?(?:make|put|activate|reactivate|enable|sell|bring|restore) (?:it|that)\\b[^?]*?)?',
    'reactivate the product {good}',
  ],
  [
    '{who} should (?:also )?be (?:available|sold|offered) (?:at|for) {rest}',
    'add a price of {rest} to {who}',
  ],
  [
    "{who} (?:isn't|isnt|is not|is no longer|are no longer|aren't) (?:available|sold|for sale|on sale|offered|in stock|produced|made)(?: any ?(?:more|longer))?[,;.:-]+ ?(?:so )?(?:please )?(?:archive|deactivate|remove|hide|disable|retire|take)(?: (?:it|that|them))?(?: off| offline| down| off sale)?",
    'archive the product {good}',
  ],
  [
    '{who} should (?:also )?be (?:available|sold|offered) {rhythm}(?: too| as well)?,? (?:at|for) {money}',
    'add a {rhythm} price of {money} to {who}',
  ],
  [
    'give {who} an? (?:new |additional )?(?:(?:yearly|annual|monthly|quarterly|weekly) )?price(?: too| as well)?(?::| of) {rest}',
    'add a price of {rest} to {who}',
  ],
  // Another price.
  [
    'the (?<which>monthly |yearly |annual |weekly )?price of {who} (?:is to be|is going to be|will be|should be|shall be|becomes|changes to|rises to|drops to|goes to) {rest}',
    'change the {which}price of {who} to {rest}',
  ],
  [
    '{who} (?:is going to|will|is to|shall|should|must)(?: now)? (?:be|cost|go to|go up to|go down to|rise to|drop to|become) {money}{rest}',
    'change the price of {who} to {money}{rest}',
  ],
  [
    "(?:we're|we are|i'm|i am) (?:raising|lowering|increasing|reducing|changing|putting|moving)(?: the price of)? {who} (?:up |down )?(?:from {money} )?to {rest}",
    'change the price of {who} to {rest}',
  ],
  [
    '(?:put|bring|move|take|get|push|drop) (?:the price of )?{who} (?:up |down )to {rest}',
    'change the price of {who} to {rest}',
  ],
  [
    'new (?<which>monthly |yearly |annual )?price (?:for|of) {who}(?::|,| is| -| =) {rest}',
    'change the {which}price of {who} to {rest}',
  ],
  // A new one.
  [
    "(?:i|we)(?:'d| would)? (?:want|like|plan) to (?:sell|offer) (?:an? |our )?(?<name>[\\p{L}\\d' -]{2,50}?) (?:for|at) {money}(?<rhythmic>(?: ?(?:/|a|per|each|every) ?(?:month|mo|year|yr|week)| monthly| yearly)?)(?:[,;] (?:please )?(?:set|create|add|make) (?:it|that)(?: up)?)?",
    'create the product "{name}" at {money}{rhythmic}',
  ],
  [
    '(?:set up|create|add|make|register|enter|put in|open) {who} as (?:an? )?(?:new )?(?:product|plan|item|service){rest}',
    'create the product {who}{rest}',
  ],
  [
    "(?:i|we)(?:'d| would)? (?:want|like|plan) to (?:sell|offer|launch)(?: something new| a new (?:product|plan|service|item))?[:,]? {value}(?:,| for| at)? {rest}",
    'create the product {value} at {rest}',
  ],
  [
    "(?:we(?:'re| are| will be)|i'm|i am) (?:adding|launching|introducing|going to sell|now selling|now offering|starting to sell) {who}(?: to (?:our|the) (?:offer|range|catalog(?:ue)?|shop|store|products))?[,.;]? (?:it (?:costs|is|will cost)|for|at|costing|priced at) {rest}",
    'create the product {who} at {rest}',
  ],
  [
    '(?:an? )?new (?:item|product|service|offering|article)(?: called| named)?:? (?<what>{value})(?: -|,| at| for|:)? {rest}',
    'create the product {what} at {rest}',
  ],
];
