import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Category, categoryOf, type Fact, factsOf, type SoldLine } from './facts.ts';

const movement = (category: Category, amount: bigint, fee = 0n) => ({
  ...{ transaction: 'txn_1', category, currency: 'usd', amount, fee, customer: null },
});
const sum = (facts: readonly Fact[], key: Exclude<keyof Fact, 'product'>) =>
  facts.reduce((total, fact) => total + fact[key], 0n);

const line = fc.record({
  product: fc.constantFrom('prod_a', 'prod_b', 'prod_c', null),
  // A change of plan credits one product.
  amount: fc.bigInt(-20_000n, 100_000n),
  discount: fc.bigInt(0n, 5_000n),
  tax: fc.bigInt(0n, 20_000n),
}) as fc.Arbitrary<SoldLine>;
const lines = fc.array(line, { maxLength: 6 });

test('the parts of a sale add up to what came in, and its fee to the fee', () => {
  fc.assert(
    fc.property(lines, fc.bigInt(1n, 500_000n), fc.bigInt(0n, 9_999n), (sold, amount, fee) => {
      const facts = factsOf(movement('sale', amount, fee), sold);
      expect(sum(facts, 'net')).toBe(amount - fee);
      expect(sum(facts, 'fee')).toBe(fee);
      expect(sum(facts, 'gross') - sum(facts, 'discount') + sum(facts, 'tax')).toBe(amount);
    }),
  );
});

test('refunds in any number of steps take from each product, in the end, what the sale brought it', () => {
  fc.assert(
    fc.property(lines, fc.array(fc.bigInt(1n, 9_999n), { minLength: 1, maxLength: 8 }), (sold, steps) => {
      const amount = steps.reduce((total, step) => total + step, 0n);
      const sale = factsOf(movement('sale', amount), sold);
      let before = 0n;
      const back = steps.flatMap((step) => {
        const facts = factsOf(movement('refund', -step), sold, before);
        expect(sum(facts, 'refunded') - sum(facts, 'tax')).toBe(step);
        before -= step;
        return facts;
      });
      for (const { product, gross, discount, tax } of sale) {
        const taken = back.filter((fact) => fact.product === product);
        expect(sum(taken, 'refunded')).toBe(gross - discount);
        expect(sum(taken, 'tax')).toBe(-tax);
      }
    }),
  );
});

test('a sale of two products with a discount and tax', () => {
  const sold = [
    { product: 'prod_a', amount: 9_000n, discount: 1_000n, tax: 1_710n },
    { product: 'prod_b', amount: 1_000n, discount: 0n, tax: 190n },
  ];
  expect(factsOf(movement('sale', 11_900n, 375n), sold)).toEqual([
    ...[
      {
        product: 'prod_a',
        gross: 10_000n,
        discount: 1_000n,
        tax: 1_710n,
        refunded: 0n,
        disputed: 0n,
        fee: 338n,
        other: 0n,
        net: 10_372n,
      },
    ],
    ...[
      {
        product: 'prod_b',
        gross: 1_000n,
        discount: 0n,
        tax: 190n,
        refunded: 0n,
        disputed: 0n,
        fee: 37n,
        other: 0n,
        net: 1_153n,
      },
    ],
  ]);
});

test('what nobody can tell the product of stays whole; fees and payouts are no revenue', () => {
  expect(factsOf(movement('sale', 500n, 45n))).toMatchObject([
    { product: null, gross: 500n, fee: 45n, net: 455n },
  ]);
  expect(factsOf(movement('fee', -200n))).toMatchObject([{ fee: 200n, net: -200n }]);
  expect(factsOf(movement('other', -9_000n))).toMatchObject([{ other: -9_000n, gross: 0n, net: -9_000n }]);
  expect(factsOf(movement('dispute', -500n, 1_500n))).toMatchObject([
    { disputed: 500n, fee: 1_500n, net: -2_000n },
  ]);
});

test.each([
  ['charge', 'sale'],
  ['charge_failure', 'sale'],
  ['refund', 'refund'],
  ['refund_failure', 'refund'],
  ['dispute', 'dispute'],
  ['dispute_reversal', 'dispute'],
  ['fee', 'fee'],
  ['payout', 'other'],
  ['payout_reversal', 'other'],
  ['transfer', 'other'],
  ['topup', 'other'],
])('%s is a %s', (reported, category) => {
  expect(categoryOf(reported)).toBe(category);
});
