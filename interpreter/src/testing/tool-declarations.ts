import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';

type Effect = 'read' | 'write' | 'money' | 'destructive' | 'outbound';

/** A tool in one line: name, effect, fields (`?` optional, `:type` other than text), and words where they are not in the name. */
const lines = `
get_account_info read | get account
retrieve_balance read | get balance funds
list_balance_transactions read created:period? limit:integer? count_all:boolean?
list_payouts read status? created:period? limit:integer? count_all:boolean?
list_customers read email? query? created:period? limit:integer? count_all:boolean?
get_customer read customer
create_customer write name? email? phone? description? metadata:object?
update_customer write customer name? email? phone? description? address:object? metadata:object?
delete_customer destructive customer
list_customer_payment_methods read customer | list payment_method
set_default_payment_method write customer payment_method | update payment_method
attach_test_payment_method write customer card | attach payment_method
list_products read active:boolean? query? limit:integer? count_all:boolean?
get_product read product
create_product write name description? amount? currency? interval? interval_count:integer?
update_product write product name? description? active:boolean?
list_prices read product? active:boolean?
create_price write product amount currency interval? interval_count:integer? nickname?
update_price write price active:boolean? nickname?
list_payment_intents read customer? status? created:period? limit:integer? count_all:boolean?
get_payment_intent read payment_intent
create_payment_intent money amount currency customer? description?
confirm_payment_intent money payment_intent? customer? payment_method?
capture_payment_intent money payment_intent? customer? amount?
cancel_payment_intent destructive payment_intent? customer? cancellation_reason?
charge_customer money customer amount currency description? payment_method? | charge customer
list_charges read customer? status? created:period? limit:integer? count_all:boolean?
get_charge read charge
create_refund money charge? payment_intent? customer? amount? full:boolean? reason? | refund charge
list_refunds read charge? customer? limit:integer?
list_subscriptions read customer? status? price? limit:integer? count_all:boolean?
get_subscription read subscription? customer?
create_subscription money customer product? price? interval? quantity:integer? trial_days:integer? payment_method? collection_method? days_until_due:integer?
update_subscription money subscription? customer? product? price? interval? quantity:integer? proration_behavior?
cancel_subscription_at_period_end write subscription? customer? | cancel subscription
cancel_subscription_now destructive subscription? customer? | cancel subscription
list_invoices read customer? status? overdue:boolean? created:period? limit:integer? count_all:boolean?
get_invoice read invoice
create_invoice write customer amount? currency? description? days_until_due:integer?
create_invoice_item write customer invoice? amount currency description
finalize_invoice money invoice
send_invoice money invoice
pay_invoice money invoice payment_method?
void_invoice destructive invoice
list_disputes read status? open:boolean? limit:integer?
get_dispute read dispute
list_events read type? created:period? limit:integer?
create_payment_link money product? price? quantity:integer?
create_coupon money percent_off:number? amount_off? currency? duration max_redemptions:integer? name?
explain_error read code | explain error
`;

/** The catalogue's tools as a language model is given them. */
export const toolDeclarations: LanguageModelV4FunctionTool[] = lines
  .trim()
  .split('\n')
  .map((line) => declare(line));

function declare(line: string): LanguageModelV4FunctionTool {
  const [head = '', words] = line.split(' | ');
  const [name = '', effect = 'read', ...fields] = head.split(' ');
  const [verb = '', ...rest] = name.split('_');
  const [action = verb, object = rest.join('_').replace(/s$/, ''), ...synonyms] = words?.split(' ') ?? [];
  return declareTool({ name, effect: effect as Effect, fields, action, object, synonyms });
}

/** Declares one tool, for tests that add their own. */
export function declareTool(tool: {
  name: string;
  effect: Effect;
  fields: readonly string[];
  action: string;
  object: string;
  synonyms: readonly string[];
}): LanguageModelV4FunctionTool {
  const properties = Object.fromEntries(tool.fields.map(fieldOf));
  const required = tool.fields.filter((field) => !field.endsWith('?')).map((field) => fieldOf(field)[0]);
  const { action, object, synonyms, effect } = tool;
  return {
    type: 'function',
    name: tool.name,
    description: tool.name.replaceAll('_', ' '),
    inputSchema: { type: 'object', properties, required, additionalProperties: false },
    providerOptions: { builtin: { action, object, synonyms: [...synonyms], effect, title: tool.name } },
  };
}

function fieldOf(field: string): [string, { type: 'string' | 'integer' | 'number' | 'boolean' | 'object' }] {
  const [name = '', type = 'string'] = field.replace('?', '').split(':');
  return [
    name,
    { type: type === 'period' ? 'object' : (type as 'string' | 'integer' | 'number' | 'boolean') },
  ];
}
