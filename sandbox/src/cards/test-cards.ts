import { derivedText } from '../ids.ts';
import { type CardBehaviour, declines } from './behaviour.ts';

/** One of Stripe's published test cards. */
export interface TestCard {
  readonly number: string;
  readonly brand: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly country: string;
  readonly behaviour: CardBehaviour;
  /** Stands for the number without showing it, as Stripe's fingerprints do. */
  readonly fingerprint: string;
}

type Row = readonly [
  number: string,
  names: string,
  behaviour?: CardBehaviour,
  facts?: Partial<Pick<TestCard, 'brand' | 'funding' | 'country'>>,
];

const brands: readonly Row[] = [
  ['4242424242424242', 'visa'],
  ['4000056655665556', 'visa_debit', {}, { funding: 'debit' }],
  ['5555555555554444', 'mastercard', {}, { brand: 'mastercard' }],
  ['2223003122003222', 'mastercard_2_series', {}, { brand: 'mastercard' }],
  ['5200828282828210', 'mastercard_debit', {}, { brand: 'mastercard', funding: 'debit' }],
  ['5105105105105100', 'mastercard_prepaid', {}, { brand: 'mastercard', funding: 'prepaid' }],
  ['378282246310005', 'amex', {}, { brand: 'amex' }],
  ['371449635398431', 'amex_2', {}, { brand: 'amex' }],
  ['6011111111111117', 'discover', {}, { brand: 'discover' }],
  ['6011000990139424', 'discover_2', {}, { brand: 'discover' }],
  ['6011981111111113', 'discover_debit', {}, { brand: 'discover', funding: 'debit' }],
  ['3056930009020004', 'diners', {}, { brand: 'diners' }],
  ['36227206271667', 'diners_14digits', {}, { brand: 'diners' }],
  ['6555900000604105', 'bccard', {}, { brand: 'discover', country: 'KR' }],
  ['3566002020360505', 'jcb', {}, { brand: 'jcb', country: 'JP' }],
  ['6200000000000005', 'unionpay', {}, { brand: 'unionpay', country: 'CN' }],
  ['6200000000000047', 'unionpay_debit', {}, { brand: 'unionpay', country: 'CN', funding: 'debit' }],
];

const countries: readonly Row[] = (
  [
    ['4000000760000002', 'br'],
    ['4000001240000000', 'ca'],
    ['4000004840008001', 'mx'],
    ['4000007840000001', 'ae'],
    ['4000000400000008', 'at'],
    ['4000000560000004', 'be'],
    ['4000001000000000', 'bg'],
    ['4000001960000008', 'cy'],
    ['4000002030000002', 'cz'],
    ['4000002080000001', 'dk'],
    ['4000002330000009', 'ee'],
    ['4000002460000001', 'fi'],
    ['4000002500000003', 'fr'],
    ['4000002760000016', 'de'],
    ['4000003000000030', 'gr'],
    ['4000003480000005', 'hu'],
    ['4000003720000005', 'ie'],
    ['4000003800000008', 'it'],
    ['4000004280000005', 'lv'],
    ['4000004400000000', 'lt'],
    ['4000004420000006', 'lu'],
    ['4000004700000007', 'mt'],
    ['4000005280000002', 'nl'],
    ['4000005780000007', 'no'],
    ['4000006160000005', 'pl'],
    ['4000006200000007', 'pt'],
    ['4000006420000001', 'ro'],
    ['4000007050000006', 'si'],
    ['4000007240000007', 'es'],
    ['4000007520000008', 'se'],
    ['4000007560000009', 'ch'],
    ['4000008260000000', 'gb'],
    ['4000000360000006', 'au'],
    ['4000001560000002', 'cn'],
    ['4000003440000004', 'hk'],
    ['4000003560000008', 'in'],
    ['4000003920000003', 'jp'],
    ['4000004580000002', 'my'],
    ['4000005540000008', 'nz'],
    ['4000007020000003', 'sg'],
    ['4000007640000003', 'th'],
    ['4000001580000008', 'tw'],
  ] as const
).map(([number, country]) => [number, country, {}, { country: country.toUpperCase() }]);

const refusing: readonly Row[] = [
  ['4000000000000002', 'visa_chargeDeclined chargeDeclined', { decline: declines.generic }],
  [
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds',
    { decline: declines.insufficientFunds },
  ],
  ['4000000000009987', 'visa_chargeDeclinedLostCard chargeDeclinedLostCard', { decline: declines.lost }],
  [
    '4000000000009979',
    'visa_chargeDeclinedStolenCard chargeDeclinedStolenCard',
    { decline: declines.stolen },
  ],
  [
    '4000000000000069',
    'chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard',
    { decline: declines.expired },
  ],
  [
    '4000000000000127',
    'chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc',
    { decline: declines.incorrectCvc, checks: { cvc: 'fail' } },
  ],
  [
    '4000000000000119',
    'chargeDeclinedProcessingError visa_chargeDeclinedProcessingError',
    { decline: declines.processing },
  ],
  [
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded',
    { decline: declines.velocity },
  ],
  ['4000000000000341', 'chargeCustomerFail', { decline: declines.generic, onlyWhenCharged: true }],
  [
    '4100000000000019',
    'radarBlock chargeDeclinedFraudulent',
    { decline: declines.fraudulent, blocked: true, risk: 'highest' },
  ],
  ['4000000000004954', 'riskLevelHighest', { decline: declines.fraudulent, blocked: true, risk: 'highest' }],
  ['4000000000009235', 'riskLevelElevated', { risk: 'elevated' }],
  ['4000000000000101', 'cvcCheckFail', { checks: { cvc: 'fail' } }],
  ['4000000000000036', 'avsZipFail', { checks: { postalCode: 'fail' } }],
  ['4000000000000028', 'avsLine1Fail', { checks: { line1: 'fail' } }],
  ['4000000000000010', 'avsFail', { checks: { line1: 'fail', postalCode: 'fail' } }],
  ['4000000000000044', 'avsUnchecked', { checks: { line1: 'unavailable', postalCode: 'unavailable' } }],
];

const authenticating: readonly Row[] = [
  ['4000002500003155', 'authenticationRequiredOnSetup', { authentication: 'unlessSetUp' }],
  ['4000002760003184', 'authenticationRequired', { authentication: 'always' }],
  ['4000003800000446', 'authenticationRequiredSetupForOffSession', { authentication: 'unlessSetUp' }],
  [
    '4000008260003178',
    'authenticationRequiredChargeDeclinedInsufficientFunds',
    { authentication: 'always', decline: declines.insufficientFunds, onlyWhenCharged: true },
  ],
  ['4000000000003220', 'threeDSecure2Required', { authentication: 'always' }],
  ['4000000000003063', 'threeDSecureRequired', { authentication: 'always' }],
  [
    '4000008400001629',
    'threeDSecureRequiredChargeDeclined',
    { authentication: 'always', decline: declines.generic, onlyWhenCharged: true },
  ],
  ['4000000000003055', 'threeDSecureOptional', { authentication: 'supported' }],
  [
    '4242424242424241',
    '',
    { decline: { code: 'incorrect_number', declineCode: null, message: 'Your card number is incorrect.' } },
  ],
  ['378282246310006', 'amex_threeDSecureNotSupported', { authentication: 'notSupported' }, { brand: 'amex' }],
];

const aftermath: readonly Row[] = [
  ['4000000000000259', 'createDispute', { dispute: 'fraudulent' }],
  ['4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }],
  ['4000000000001976', 'createDisputeInquiry', { dispute: 'inquiry' }],
  ['4000000000005423', 'createIssuerFraudRecord', { dispute: 'warning' }],
  ['4000000000007726', 'pendingRefund', { refund: 'pendingFirst' }],
  ['4000000000005126', 'refundFail', { refund: 'failsLater' }],
  ['4000000000000077', 'bypassPending', { availableAtOnce: true }],
  ['4000003720000278', 'bypassPendingInternational', { availableAtOnce: true }, { country: 'IE' }],
];

const byNumber = new Map<string, TestCard>();
const byName = new Map<string, TestCard>();
const byFingerprint = new Map<string, TestCard>();
for (const [number, names, behaviour = {}, facts = {}] of [
  ...brands,
  ...countries,
  ...refusing,
  ...authenticating,
  ...aftermath,
]) {
  const fingerprint = derivedText(`card ${number}`, 16);
  const card: TestCard = {
    number,
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    ...facts,
    behaviour,
    fingerprint,
  };
  byNumber.set(number, card);
  byFingerprint.set(fingerprint, card);
  for (const name of names.split(' ')) if (name) byName.set(name.toLowerCase(), card);
}

/** The published test card with this number (digits only). */
export function cardByNumber(number: string): TestCard | undefined {
  return byNumber.get(number);
}

/** The card behind `pm_card_visa` or `tok_visa`. */
export function cardByToken(token: string): TestCard | undefined {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(token)?.[1];
  return name === undefined ? undefined : byName.get(name.toLowerCase().replace(/^us$/, 'visa'));
}

/** The card behind a stored method. */
export function cardByFingerprint(fingerprint: string | null | undefined): TestCard | undefined {
  return byFingerprint.get(fingerprint ?? '');
}
