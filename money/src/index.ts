export { formatMoney, type Money, MoneyError, money, parseMoney, toDecimal } from './amount.ts';
export { addMoney, allocate, negate, scale, subtractMoney, sumMoney } from './arithmetic.ts';
export {
  type CurrencyCode,
  chargeStep,
  currencies,
  currencyExponent,
  isCurrency,
  payoutStep,
} from './currencies.ts';
