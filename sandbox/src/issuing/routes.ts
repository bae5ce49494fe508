import type { Resource } from '../resource.ts';
import { authorizationResource } from './authorization-routes.ts';
import { cardResource } from './card-routes.ts';
import { cardholderResource } from './cardholder-routes.ts';
import { issuingDisputeResource } from './dispute-routes.ts';
import { issuingFundingResource } from './funding-routes.ts';
import { transactionResource } from './transaction-routes.ts';

/** Everything under `/v1/issuing` and its test helpers. */
export const issuingResources: readonly Resource[] = [
  cardholderResource,
  cardResource,
  authorizationResource,
  transactionResource,
  issuingDisputeResource,
  issuingFundingResource,
];
