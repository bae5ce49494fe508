export { isZeroDecimal, type CurrencyCode, currencies, currencyExponent, isCurrency } from './currencies.ts';
export { formatMoney, type Money, MoneyError, money, parseMoney, toDecimal } from './amount.ts';
export { addMoney, allocate, negate, scale, subtractMoney, sumMoney } from './arithmetic.ts';
