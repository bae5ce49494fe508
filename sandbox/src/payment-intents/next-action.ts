import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { day, hour } from '../clock.ts';
import { randomDigits } from '../ids.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { methodType } from '../payment-methods/types.ts';
import type { Wire } from '../wire/shapes.ts';
import type { PaymentIntent } from './intent.ts';

type NextAction = Wire<Stripe.PaymentIntent.NextAction>;

export interface ActionWishes {
  readonly returnUrl?: string;
  /** The client handles what is to be done with Stripe's own library. */
  readonly useStripeSdk?: boolean;
}

/** Where the customer acts: the sandbox's page for this intent. */
export function pageOf(account: Account, intent: PaymentIntent): string {
  return `${account.origin()}/_sandbox/authenticate/${account.address}/${intent.id}/${intent.client_secret}`;
}

/** 3D Secure: a redirect when there is an address to come back to, else work for Stripe's library. */
export function authenticationAction(
  url: string,
  intentId: string,
  wishes: ActionWishes,
): Pick<NextAction, 'redirect_to_url' | 'type' | 'use_stripe_sdk'> {
  const { returnUrl, useStripeSdk } = wishes;
  if (returnUrl !== undefined && !useStripeSdk)
    return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  const source = `src_${intentId.slice(intentId.indexOf('_') + 1)}`;
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url, source },
  };
}

/** What a customer must do to pay with a method that is not a card. */
export function methodAction(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  returnUrl: string | undefined,
): NextAction {
  const url = pageOf(account, intent);
  const qr = { data: url, image_url_png: `${url}?as=png`, image_url_svg: `${url}?as=svg` };
  const until = account.now() + hour;
  switch (method.type) {
    case 'alipay':
      return {
        type: 'alipay_handle_redirect',
        alipay_handle_redirect: { native_data: null, native_url: null, return_url: returnUrl ?? null, url },
      };
    case 'blik':
      return { type: 'blik_authorize', blik_authorize: {} };
    case 'cashapp':
      return {
        type: 'cashapp_handle_redirect_or_display_qr_code',
        cashapp_handle_redirect_or_display_qr_code: {
          hosted_instructions_url: url,
          mobile_auth_url: url,
          qr_code: { expires_at: until, image_url_png: qr.image_url_png, image_url_svg: qr.image_url_svg },
        },
      };
    case 'paynow':
      return {
        type: 'paynow_display_qr_code',
        paynow_display_qr_code: { ...qr, hosted_instructions_url: url },
      };
    case 'pix':
      return {
        type: 'pix_display_qr_code',
        pix_display_qr_code: { ...qr, expires_at: account.now() + day, hosted_instructions_url: url },
      };
    case 'promptpay':
      return {
        type: 'promptpay_display_qr_code',
        promptpay_display_qr_code: { ...qr, hosted_instructions_url: url },
      };
    case 'swish':
      return {
        type: 'swish_handle_redirect_or_display_qr_code',
        swish_handle_redirect_or_display_qr_code: {
          hosted_instructions_url: url,
          mobile_auth_url: url,
          qr_code: { ...qr, expires_at: until },
        },
      };
    case 'upi':
      return {
        type: 'upi_handle_redirect_or_display_qr_code',
        upi_handle_redirect_or_display_qr_code: {
          hosted_instructions_url: url,
          qr_code: { expires_at: until, image_url_png: qr.image_url_png, image_url_svg: qr.image_url_svg },
        },
      };
    case 'wechat_pay':
      return {
        type: 'wechat_pay_display_qr_code',
        wechat_pay_display_qr_code: { ...qr, hosted_instructions_url: url, image_data_url: qr.image_url_png },
      };
    default:
      return methodType(method.type)?.flow === 'voucher'
        ? voucherAction(account, method, url)
        : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl ?? null, url } };
  }
}

/** How long vouchers are good for, in seconds. */
export const voucherSeconds = 3 * day;

function voucherAction(account: Account, method: PaymentMethod, url: string): NextAction {
  const until = account.now() + voucherSeconds;
  switch (method.type) {
    case 'boleto':
      return {
        type: 'boleto_display_details',
        boleto_display_details: {
          expires_at: until,
          hosted_voucher_url: url,
          number: randomDigits(47),
          pdf: `${url}?as=pdf`,
        },
      };
    case 'konbini': {
      const store = () => ({ confirmation_number: randomDigits(11), payment_code: randomDigits(6) });
      return {
        type: 'konbini_display_details',
        konbini_display_details: {
          expires_at: until,
          hosted_voucher_url: url,
          stores: { familymart: store(), lawson: store(), ministop: store(), seicomart: store() },
        },
      };
    }
    case 'multibanco':
      return {
        type: 'multibanco_display_details',
        multibanco_display_details: {
          entity: randomDigits(5),
          expires_at: until,
          hosted_voucher_url: url,
          reference: randomDigits(9),
        },
      };
    default:
      return {
        type: 'oxxo_display_details',
        oxxo_display_details: { expires_after: until, hosted_voucher_url: url, number: randomDigits(30) },
      };
  }
}
