import type { Hono } from 'hono';
import type { Account } from '../account.ts';
import type { Directory } from '../directory.ts';
import type { Player } from '../seeds/seed.ts';
import { checkoutPage, checkoutRecoveryPage, checkoutReturnPage } from './checkout.ts';
import { customerActionPage } from './customer-action.ts';
import { addPage, type HostedPage } from './frame.ts';
import { identityPage } from './identity.ts';
import { invoicePage } from './invoice.ts';
import { stylePath } from './layout.ts';
import { expressPage, onboardingPage } from './onboarding.ts';
import { paymentLinkPage } from './payment-link.ts';
import { portalCancel } from './portal/cancel.ts';
import { portalCard } from './portal/card.ts';
import { portalDetails } from './portal/details.ts';
import { portalHome } from './portal/home.ts';
import { portalSwitch } from './portal/switch.ts';
import { receiptPage } from './receipt.ts';
import { style } from './style.ts';

const pages: readonly HostedPage[] = [
  checkoutPage,
  checkoutRecoveryPage,
  checkoutReturnPage,
  customerActionPage,
  expressPage,
  identityPage,
  invoicePage,
  onboardingPage,
  paymentLinkPage,
  portalCancel,
  portalCard,
  portalDetails,
  portalHome,
  portalSwitch,
  receiptPage,
];

/** The pages that a business's customers see: where they pay, and where their bank asks them. */
export function addHostedPages(app: Hono, directory: Directory, playOn: (account: Account) => Player): void {
  app.get(stylePath, (context) => {
    context.header('content-type', 'text/css; charset=utf-8');
    context.header('cache-control', 'no-cache');
    context.header('x-content-type-options', 'nosniff');
    return context.body(style);
  });
  for (const page of pages) addPage({ app, directory, playOn }, page);
}
