import type { CollectionSpec } from '../store/collection.ts';

/** That whoever buys a product is entitled to a feature. */
export interface Attachment {
  readonly id: string;
  readonly product: string;
  readonly feature: string;
}
export const attachments: CollectionSpec<Attachment, 'product'> = {
  name: 'product_features',
  indexes: { product: (attachment) => attachment.product },
};
