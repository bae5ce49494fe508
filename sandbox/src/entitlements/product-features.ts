import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { products } from '../product-store.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Attachment, attachments } from './attachment.ts';
import { features } from './feature.ts';

type ProductFeature = Wire<Stripe.ProductFeature>;

/** An attachment as it shows, with the feature as it is now. */
function shown(account: Account, { id, feature }: Attachment): ProductFeature[] {
  const entitlement_feature = account.of(features).get(feature);
  return entitlement_feature
    ? [{ id, object: 'product_feature', entitlement_feature, livemode: account.livemode }]
    : [];
}

function existingProduct(call: Call<unknown>): string {
  const product = found(call, products, 'product');
  if (product.deleted) throw noSuch('product', product.id, 'id');
  return product.id;
}

function attachment(call: Call<unknown>): Attachment {
  const product = existingProduct(call);
  const found = call.account.of(attachments).get(call.id('feature'));
  if (found?.product !== product) throw noSuch('product feature', call.id('feature'), 'id', 404);
  return found;
}

function attach(call: Call<{ entitlement_feature: string }>): ProductFeature {
  const { account, params } = call;
  const product = existingProduct(call);
  const feature = referred(account, features, 'feature', params.entitlement_feature, 'entitlement_feature');
  if (!feature.active)
    throw refused('entitlement_feature', 'Inactive features cannot be attached to products.');
  const twin = account
    .of(attachments)
    .by('product', product)
    .some((other) => other.feature === feature.id);
  if (twin)
    throw refused(
      'entitlement_feature',
      `The feature ${feature.id} is already attached to the product ${product}.`,
      'resource_already_exists',
    );
  const { id } = account.of(attachments).put({ id: newId('prodft', 24), product, feature: feature.id });
  return { id, object: 'product_feature', entitlement_feature: feature, livemode: account.livemode };
}

function detach(call: Call<unknown>): Stripe.DeletedProductFeature {
  const { id } = attachment(call);
  call.account.of(attachments).delete(id);
  return { id, object: 'product_feature', deleted: true };
}

const permission = 'product';

/** `/v1/products/:id/features`. Who already subscribes notices at their next billing period. */
export const productFeatureResource: Resource = {
  collections: [declare(attachments)],
  routes: [
    route(
      'POST',
      '/v1/products/:id/features',
      { permission, params: { entitlement_feature: required(text()) } },
      attach,
    ),
    route('GET', '/v1/products/:id/features/:feature', { permission }, (call) => {
      const [feature] = shown(call.account, attachment(call));
      if (!feature) throw noSuch('product feature', call.id('feature'), 'id', 404);
      return feature;
    }),
    route('DELETE', '/v1/products/:id/features/:feature', { permission }, detach),
    route('GET', '/v1/products/:id/features', { permission, params: pageParams }, (call) => {
      const page = listed(call, attachments, { index: 'product', key: existingProduct(call) });
      return { ...page, data: page.data.flatMap((one) => shown(call.account, one)) };
    }),
  ],
};
