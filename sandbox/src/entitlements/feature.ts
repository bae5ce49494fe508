import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { pageParams } from '../wire/pages.ts';
import { applyMetadata, boolean, metadata, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** ```active ──update(active=false)──▶ archived: kept by the products that have it, changed and attached no more``` */
export type Feature = Wire<Stripe.Entitlements.Feature>;
export const features: CollectionSpec<Feature, 'lookup_key'> = {
  name: 'entitlements_features',
  indexes: { lookup_key: (feature) => feature.lookup_key },
};

const createParams = {
  lookup_key: required(text(80)),
  metadata: metadata(),
  name: required(text(80)),
} as const;
const updateParams = { active: boolean(), metadata: metadata(), name: text(80) } as const;
const listParams = { ...pageParams, archived: boolean(), lookup_key: text(80) } as const;

function make({ account, params }: Call<Parsed<typeof createParams>>): Feature {
  const { lookup_key, metadata: meta, name } = params;
  if (
    account
      .of(features)
      .by('lookup_key', lookup_key)
      .some(({ active }) => active)
  )
    throw refused(
      'lookup_key',
      `A feature with lookup_key \`${lookup_key}\` already exists.`,
      'resource_already_exists',
    );
  return account.of(features).put({
    id: newId(account.livemode ? 'feat' : 'feat_test', 32),
    object: 'entitlements.feature',
    active: true,
    livemode: account.livemode,
    lookup_key,
    metadata: applyMetadata({}, meta),
    name,
  });
}

function change(call: Call<Parsed<typeof updateParams>>): Feature {
  const feature = found(call, features, 'feature');
  const { active = feature.active, metadata: meta, name = feature.name } = call.params;
  if (!feature.active) throw refused('id', 'Archived features cannot be updated or unarchived.');
  return call.account
    .of(features)
    .put({ ...feature, active, metadata: applyMetadata(feature.metadata, meta), name });
}

const permission = 'entitlement';

/** `/v1/entitlements/features`. */
export const featureResource: Resource = {
  collections: [declare(features)],
  routes: [
    route('POST', '/v1/entitlements/features', { permission, params: createParams }, make),
    route('GET', '/v1/entitlements/features/:id', { permission }, (call) => found(call, features, 'feature')),
    route('POST', '/v1/entitlements/features/:id', { permission, params: updateParams }, change),
    route('GET', '/v1/entitlements/features', { permission, params: listParams }, (call) => {
      const { archived = false, lookup_key: key } = call.params;
      return listed(call, features, {
        ...(key === undefined ? {} : { index: 'lookup_key', key }),
        where: (feature) => feature.active !== archived,
      });
    }),
  ],
};
