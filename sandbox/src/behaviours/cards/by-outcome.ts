import { declines } from '../declines.ts';
import { card, type TestCard, unnumbered } from './test-card.ts';

const charged = { onlyWhenCharged: true } as const;
const blocked = { decline: declines.fraudulent, blocked: true, risk: 'highest' } as const;

/** Cards that issuers refuse. https://docs.stripe.com/testing#declined-payments */
const refused: readonly TestCard[] = [
  card('4000000000000002', 'visa_chargeDeclined chargeDeclined', { decline: declines.generic }),
  card('4000000000009995', 'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds', {
    decline: declines.insufficientFunds,
  }),
  unnumbered(
    'visa_debit_chargeDeclinedInsufficientFunds',
    '9995',
    { decline: declines.insufficientFunds },
    { funding: 'debit' },
  ),
  card('4000000000009987', 'visa_chargeDeclinedLostCard', { decline: declines.lost }),
  card('4000000000009979', 'visa_chargeDeclinedStolenCard', { decline: declines.stolen }),
  card('4000000000000069', 'chargeDeclinedExpiredCard', { decline: declines.expired }),
  unnumbered('visa_chargeDeclinedFraudulent chargeDeclinedFraudulent', '0019', {
    decline: { ...declines.fraudulent, networkDeclineCode: '59' },
  }),
  card('4000000000000127', 'chargeDeclinedIncorrectCvc', {
    decline: declines.incorrectCvc,
    checks: { cvc: 'fail' },
  }),
  card('4000000000000119', 'chargeDeclinedProcessingError', { decline: declines.processing }),
  card('4000000000006975', 'visa_chargeDeclinedVelocityLimitExceeded', { decline: declines.velocity }),
  card('4000000000000341', 'chargeCustomerFail', { decline: declines.generic, ...charged }),
  unnumbered('visa_chargeCustomerFailLostCard', '0341', { decline: declines.lost, ...charged }),
  unnumbered('visa_chargeCustomerFailStolenCard', '0341', { decline: declines.stolen, ...charged }),
];

/** Cards that Radar has an opinion of. https://docs.stripe.com/testing#fraud-prevention */
const risky: readonly TestCard[] = [
  card('4100000000000019', 'radarBlock', blocked),
  card('4000000000004954', 'riskLevelHighest', blocked),
  card('4000000000009235', 'riskLevelElevated', { risk: 'elevated' }),
  card('4000008400000407', 'highFraudDisputeScore'),
  card('4000008400000159', 'highEfwScore'),
  card('4000008400001017', 'radarDynamicRiskThreshold'),
  card('4000008405600003', 'adaptive3dsChallenge', { authentication: 'supported' }),
  card('4000000000000101', 'cvcCheckFail', { checks: { cvc: 'fail' } }),
  card('4000000000000036', 'avsZipFail', { checks: { postalCode: 'fail' } }),
  card('4000058400307872', 'cvcCheckFailElevatedRisk', { checks: { cvc: 'fail' }, risk: 'elevated' }),
  card('4000058400306072', 'avsZipFailElevatedRisk', { checks: { postalCode: 'fail' }, risk: 'elevated' }),
  card('4000000000000028', 'avsLine1Fail', { checks: { line1: 'fail' } }),
  card('4000000000000010', 'avsFail', { checks: { line1: 'fail', postalCode: 'fail' } }),
  card('4000000000000044', 'avsUnchecked', { checks: { line1: 'unavailable', postalCode: 'unavailable' } }),
  // A captcha is asked on a page; nobody sees one through the API.
  card('4000000000001208'),
  card('4000000000003725'),
];

/** Cards for 3D Secure. https://docs.stripe.com/testing#regulatory-cards */
const authenticating: readonly TestCard[] = [
  card('4000002500003155', 'authenticationRequiredOnSetup', { authentication: 'unlessSetUp' }),
  card('4000002760003184', 'authenticationRequired', { authentication: 'always' }),
  card('4000003800000446', 'authenticationRequiredSetupForOffSession', { authentication: 'setUp' }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', {
    authentication: 'setUp',
    decline: declines.insufficientFunds,
    ...charged,
  }),
  card('4000000000003220', 'threeDSecure2Required', { authentication: 'always' }, { country: 'IE' }),
  card('4000008400000027', '', { authentication: 'always' }),
  card('4000000000003063', 'threeDSecureRequired', { authentication: 'always' }),
  card('4000008400001629', 'threeDSecureRequiredChargeDeclined', {
    authentication: 'always',
    decline: declines.generic,
    ...charged,
  }),
  card('4000008400001280', 'threeDSecureRequiredProcessingError', {
    authentication: 'lookupFails',
    decline: declines.generic,
    ...charged,
  }),
  card('4000000000003055', 'threeDSecureOptional', { authentication: 'supported' }),
  card('4000000000003097', 'threeDSecureOptionalProcessingError', { authentication: 'supportedLookupFails' }),
  card('4000000032200000', '', { authentication: 'frictionless' }),
  ...['4000582600000094', '4000582600000045', '4000582600000102', '4000582600000110'].map((number) =>
    card(number, '', { authentication: 'always' }, { country: 'GB' }),
  ),
];

/** Cards whose payments are not over when they succeed. https://docs.stripe.com/testing#disputes and #refunds */
const eventful: readonly TestCard[] = [
  card('4000000000000259', 'createDispute', { complaint: 'fraudulent' }),
  card('6026507838377928', '', { complaint: 'fraudulent' }, { brand: 'discover' }),
  card('4000000000002685', 'createDisputeProductNotReceived', { complaint: 'product_not_received' }),
  card('4000000000001976', 'createDisputeInquiry', { complaint: 'inquiry' }),
  card('4000000000005423', 'createIssuerFraudRecord', { complaint: 'warning' }),
  card('4000000404000079', 'createMultipleDisputes', { complaint: 'multiple' }),
  card('4000000404000038', 'createCe3EligibleDispute', { complaint: 'compellingEvidence' }),
  card('4000008400000779', 'createComplianceDispute', { complaint: 'visaCompliance' }),
  card(
    '5105008400000002',
    'createMastercardComplianceDispute',
    { complaint: 'mastercardCompliance' },
    { brand: 'mastercard' },
  ),
  card('4000000001000043', 'createAutoRepresentmentEligibleDispute', { complaint: 'smartDispute' }),
  // Sandbox accounts are not enrolled in dispute prevention, so these are disputed like any other.
  card('4000000404004816', 'createRapidDisputeResolutionDispute', { complaint: 'fraudulent' }),
  card('4000000404005649', 'createCe3BlockDispute', { complaint: 'fraudulent' }),
  card('5105000300000018', 'createEthocaAlert', { complaint: 'fraudulent' }, { brand: 'mastercard' }),
  card('4000000000007726', 'pendingRefund', { refund: 'pendingFirst' }),
  card('4000000000005126', 'refundFail', { refund: 'failsLater' }),
  card('4000000000000077', 'bypassPending', { availableAtOnce: true }),
  card('4000003720000278', 'bypassPendingInternational', { availableAtOnce: true }, { country: 'IE' }),
];

export const cardsByOutcome: readonly TestCard[] = [...refused, ...risky, ...authenticating, ...eventful];
