import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../../index.ts';
import { testCards } from './test-cards.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_published', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

/**
 * Every name on https://docs.stripe.com/testing: brand, country, funding, and what comes of paying with it on the spot
 * (`ok`, `action`, or a decline code). `-` stands for the number of a card without a name.
 */
const published = `
visa visa US credit ok 4242424242424242
visa_debit visa US debit ok 4000056655665556
mastercard mastercard US credit ok 5555555555554444
mastercard_debit mastercard US debit ok 5200828282828210
mastercard_prepaid mastercard US prepaid ok 5105105105105100
amex amex US credit ok 378282246310005
discover discover US credit ok 6011111111111117
diners diners US credit ok 3056930009020004
jcb jcb JP credit ok 3530111333300000
unionpay unionpay CN credit ok 6200000000000005
- mastercard US credit ok 2223003122003222
- amex US credit ok 371449635398431
- discover US credit ok 6011000990139424
- discover US debit ok 6011981111111113
- diners US credit ok 36227206271667
- discover KR credit ok 6555900000604105
- jcb JP credit ok 3566002020360505
- unionpay CN debit ok 6200000000000047
- unionpay CN credit ok 6205500000000000004
visa_cartesBancaires visa FR credit ok 4000002500001001
mastercard_cartesBancaires mastercard FR credit ok 5555552500001001
visa_debit_eftposAuCoBranded visa AU debit ok 4000050360000001
mastercard_debit_eftposAuCoBranded mastercard AU debit ok 5555050360000080
debit_visaFsaProductCode visa US debit ok 4000051230000072
debit_visaHsaProductCode visa US debit ok 4000051230000072
mastercard_debit_mastercardFsaProductCode mastercard US debit ok 5200828282828897
us visa US credit ok 4242424242424242
ar visa AR credit ok 4000000320000021
br visa BR credit ok 4000000760000002
ca visa CA credit ok 4000001240000000
cl visa CL credit ok 4000001520000001
co visa CO credit ok 4000001700000003
cr visa CR credit ok 4000001880000005
ec visa EC credit ok 4000002180000000
mx visa MX credit ok 4000004840008001
- carnet MX credit ok 5062210000000009
pa visa PA credit ok 4000005910000000
py visa PY credit ok 4000006000000066
pe visa PE credit ok 4000006040000068
uy visa UY credit ok 4000008580000003
ae visa AE credit ok 4000007840000001
ae_mastercard mastercard AE credit ok 5200007840000022
at visa AT credit ok 4000000400000008
be visa BE credit ok 4000000560000004
bg visa BG credit ok 4000001000000000
by visa BY credit ok 4000001120000005
hr visa HR credit ok 4000001910000009
cy visa CY credit ok 4000001960000008
cz visa CZ credit ok 4000002030000002
dk visa DK credit ok 4000002080000001
ee visa EE credit ok 4000002330000009
fi visa FI credit ok 4000002460000001
fr visa FR credit ok 4000002500000003
de visa DE credit ok 4000002760000016
gi visa GI credit ok 4000002920000005
gr visa GR credit ok 4000003000000030
hu visa HU credit ok 4000003480000005
ie visa IE credit ok 4000003720000005
it visa IT credit ok 4000003800000008
lv visa LV credit ok 4000004280000005
li visa LI credit ok 4000004380000004
lt visa LT credit ok 4000004400000000
lu visa LU credit ok 4000004420000006
mt visa MT credit ok 4000004700000007
nl visa NL credit ok 4000005280000002
no visa NO credit ok 4000005780000007
pl visa PL credit ok 4000006160000005
pt visa PT credit ok 4000006200000007
ro visa RO credit ok 4000006420000001
- visa SA credit ok 4000006820000007
si visa SI credit ok 4000007050000006
sk visa SK credit ok 4000007030000001
es visa ES credit ok 4000007240000007
se visa SE credit ok 4000007520000008
ch visa CH credit ok 4000007560000009
gb visa GB credit ok 4000008260000000
gb_debit visa GB debit ok 4000058260000005
gb_mastercard mastercard GB credit ok 5555558265554449
au visa AU credit ok 4000000360000006
cn visa CN credit ok 4000001560000002
hk visa HK credit ok 4000003440000004
in visa IN credit ok 4000003560000008
jp visa JP credit ok 4000003920000003
my visa MY credit ok 4000004580000002
nz visa NZ credit ok 4000005540000008
sg visa SG credit ok 4000007020000003
tw visa TW credit ok 4000001580000008
th_credit visa TH credit ok 4000007640000003
th_debit visa TH debit ok 4000057640000008
visa_chargeDeclined visa US credit generic_decline 4000000000000002
visa_chargeDeclinedInsufficientFunds visa US credit insufficient_funds 4000000000009995
visa_debit_chargeDeclinedInsufficientFunds visa US debit insufficient_funds
visa_chargeDeclinedLostCard visa US credit lost_card 4000000000009987
visa_chargeDeclinedStolenCard visa US credit stolen_card 4000000000009979
chargeDeclinedExpiredCard visa US credit expired_card 4000000000000069
visa_chargeDeclinedExpiredCard visa US credit expired_card 4000000000000069
visa_chargeDeclinedFraudulent visa US credit fraudulent
chargeDeclinedIncorrectCvc visa US credit incorrect_cvc 4000000000000127
visa_chargeDeclinedIncorrectCvc visa US credit incorrect_cvc 4000000000000127
chargeDeclinedProcessingError visa US credit processing_error 4000000000000119
visa_chargeDeclinedProcessingError visa US credit processing_error 4000000000000119
visa_chargeDeclinedVelocityLimitExceeded visa US credit card_velocity_exceeded 4000000000006975
chargeCustomerFail visa US credit generic_decline 4000000000000341
visa_chargeCustomerFail visa US credit generic_decline 4000000000000341
visa_chargeCustomerFailLostCard visa US credit lost_card
visa_chargeCustomerFailStolenCard visa US credit stolen_card
radarBlock visa US credit fraudulent 4100000000000019
riskLevelHighest visa US credit fraudulent 4000000000004954
riskLevelElevated visa US credit ok 4000000000009235
highFraudDisputeScore visa US credit ok 4000008400000407
highEfwScore visa US credit ok 4000008400000159
radarDynamicRiskThreshold visa US credit ok 4000008400001017
adaptive3dsChallenge visa US credit ok 4000008405600003
cvcCheckFail visa US credit ok 4000000000000101
avsZipFail visa US credit ok 4000000000000036
cvcCheckFailElevatedRisk visa US credit ok 4000058400307872
avsZipFailElevatedRisk visa US credit ok 4000058400306072
avsLine1Fail visa US credit ok 4000000000000028
avsFail visa US credit ok 4000000000000010
avsUnchecked visa US credit ok 4000000000000044
createDispute visa US credit ok 4000000000000259
createDisputeProductNotReceived visa US credit ok 4000000000002685
createDisputeInquiry visa US credit ok 4000000000001976
createIssuerFraudRecord visa US credit ok 4000000000005423
createMultipleDisputes visa US credit ok 4000000404000079
createCe3EligibleDispute visa US credit ok 4000000404000038
createComplianceDispute visa US credit ok 4000008400000779
createMastercardComplianceDispute mastercard US credit ok 5105008400000002
createAutoRepresentmentEligibleDispute visa US credit ok 4000000001000043
createRapidDisputeResolutionDispute visa US credit ok 4000000404004816
createCe3BlockDispute visa US credit ok 4000000404005649
createEthocaAlert mastercard US credit ok 5105000300000018
- discover US credit ok 6026507838377928
pendingRefund visa US credit ok 4000000000007726
refundFail visa US credit ok 4000000000005126
bypassPending visa US credit ok 4000000000000077
bypassPendingInternational visa IE credit ok 4000003720000278
authenticationRequiredOnSetup visa US credit action 4000002500003155
authenticationRequired visa US credit action 4000002760003184
authenticationRequiredSetupForOffSession visa US credit action 4000003800000446
authenticationRequiredChargeDeclinedInsufficientFunds visa US credit action 4000008260003178
threeDSecure2Required visa IE credit action 4000000000003220
- visa US credit action 4000008400000027
threeDSecureRequired visa US credit action 4000000000003063
threeDSecureRequiredChargeDeclined visa US credit action 4000008400001629
threeDSecureRequiredProcessingError visa US credit generic_decline 4000008400001280
threeDSecureOptional visa US credit ok 4000000000003055
threeDSecureOptionalProcessingError visa US credit ok 4000000000003097
amex_threeDSecureNotSupported amex US credit ok 378282246310005
- visa US credit ok 4000000032200000
- visa GB credit action 4000582600000094
- visa GB credit action 4000582600000045
- visa GB credit action 4000582600000102
- visa GB credit action 4000582600000110
- visa US credit ok 4000000000001208
- visa US credit ok 4000000000003725
`
  .trim()
  .split('\n')
  .map((row) => row.split(' '));

async function paid(method: string): Promise<string> {
  const payment = stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    return_url: 'https://shop.example/back',
  });
  const outcome = await payment.catch((error: Stripe.errors.StripeError) => error);
  if (outcome instanceof Stripe.errors.StripeError) return outcome.decline_code ?? outcome.code ?? '';
  if (outcome.status === 'succeeded') return 'ok';
  return outcome.status === 'requires_action' ? 'action' : outcome.status;
}

test.each(published)(
  '%s is a %s card from %s (%s): %s',
  async (name, brand, country, funding, end, number) => {
    const facts = { brand, country, funding };
    if (name !== '-') {
      const token = await stripe.paymentMethods.create({ type: 'card', card: { token: `tok_${name}` } });
      expect(token.card).toMatchObject(facts);
      expect(await paid(`pm_card_${name}`)).toBe(end);
    }
    if (number === undefined) return;
    const typed = await stripe.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2030, cvc: '123' },
    });
    expect(typed.card).toMatchObject({ ...facts, last4: number.slice(-4) });
    expect(await paid(typed.id)).toBe(end);
  },
);

test('the table has no card that is not published', () => {
  const numbers = new Set(published.map((row) => row[5]));
  // Two that older pages list.
  const older = ['4012888888881881'];
  expect(
    testCards.filter(({ number }) => number !== null && !numbers.has(number) && !older.includes(number)),
  ).toEqual([]);
});
