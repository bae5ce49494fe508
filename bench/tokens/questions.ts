/** The same question to both: which tool is called, with what. The customer is one with a long history. */
export interface Question {
  readonly asked: string;
  readonly purser: { readonly tool: string; readonly input: object };
  readonly toolkit: { readonly tool: string; readonly input: object };
}

export function questionsAbout(customer: { id: string; email: string }): readonly Question[] {
  const same = (asked: string, tool: string, input: object, peer: object = input): Question => ({
    asked,
    purser: { tool, input },
    toolkit: { tool, input: peer },
  });
  return [
    same('What is my balance?', 'retrieve_balance', {}),
    same('List ten customers', 'list_customers', { limit: 10 }),
    {
      asked: 'Who is the customer with this e-mail?',
      purser: { tool: 'get_customer', input: { customer: customer.email } },
      toolkit: { tool: 'list_customers', input: { email: customer.email } },
    },
    same('List ten products', 'list_products', { limit: 10 }),
    same('List ten prices', 'list_prices', { limit: 10 }),
    same('List ten payments', 'list_payment_intents', { limit: 10 }),
    same('List ten subscriptions', 'list_subscriptions', { limit: 10 }),
    same(
      'List the invoices of a customer',
      'list_invoices',
      { customer: customer.id, limit: 10 },
      { customer: customer.id, limit: 10 },
    ),
    same('List ten disputes', 'list_disputes', { limit: 10 }),
    same('List ten coupons', 'list_coupons', { limit: 10 }),
  ];
}
