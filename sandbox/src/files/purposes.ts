import type Stripe from 'stripe';
import { day } from '../clock.ts';
import type { Wire } from '../wire/shapes.ts';
import type { FileType } from './file-type.ts';

export type Purpose = Wire<Stripe.File.Purpose>;

/** What Stripe takes for a purpose (docs.stripe.com/file-upload). */
export interface PurposeRules {
  readonly types: readonly FileType[];
  readonly maxBytes: number;
  /** Seconds until Stripe forgets the file; null: never. */
  readonly keptSeconds: number | null;
  /** Whether its contents can be read again and linked to. */
  readonly downloadable: boolean;
}

const kilo = 1024;
const mega = 1024 * 1024;
const documents = ['pdf', 'jpg', 'png'] as const;

function rules(
  types: readonly FileType[],
  maxBytes: number,
  keptSeconds: number | null,
  downloadable: boolean,
): PurposeRules {
  return { types, maxBytes, keptSeconds, downloadable };
}

/** The purposes that files can be uploaded for. */
export const uploadPurposes = {
  account_requirement: rules(documents, 64 * mega, null, false),
  additional_verification: rules(documents, 16 * mega, null, false),
  business_icon: rules(['jpg', 'png', 'gif'], 512 * kilo, null, true),
  business_logo: rules(['jpg', 'png', 'gif'], 512 * kilo, null, true),
  customer_signature: rules(['jpg', 'png', 'svg'], 4 * mega, 7 * day, true),
  dispute_evidence: rules(documents, 5 * mega, 274 * day, true),
  identity_document: rules(documents, 16 * mega, null, false),
  issuing_regulatory_reporting: rules(['json'], 256 * kilo, 730 * day, true),
  pci_document: rules(['pdf'], 16 * mega, null, true),
  platform_terms_of_service: rules(['pdf', 'txt'], 64 * mega, null, false),
  tax_document_user_upload: rules([...documents, 'csv', 'xlsx', 'docx'], 16 * mega, null, true),
  terminal_reader_splashscreen: rules(['png', 'jpg', 'gif'], 4 * mega, 365 * day, true),
  terminal_wifi_certificate: rules(['pem'], 100 * kilo, null, false),
  terminal_wifi_private_key: rules(['pem'], 100 * kilo, null, false),
} as const satisfies Partial<Record<Purpose, PurposeRules>>;

/** What files that Stripe makes are like. */
const madeByStripe: PurposeRules = rules(['csv'], Number.POSITIVE_INFINITY, 365 * day, true);

export function rulesFor(purpose: Purpose): PurposeRules {
  const known: Partial<Record<Purpose, PurposeRules>> = uploadPurposes;
  return known[purpose] ?? madeByStripe;
}
