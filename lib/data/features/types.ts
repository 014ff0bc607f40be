// The types of features that follow from their specs.

import type { Tensor } from '../../index'
import type { Features } from './features'
import type { FeatureSpecs } from './specs'

type SpecOf<Specs> = Specs[keyof Specs]

type IsGrouped<Specs> = Extract<SpecOf<Specs>, { readonly group: string } | { readonly kind: 'text' }>

type IsLabelled<Specs> = Extract<SpecOf<Specs>, 'label' | { readonly kind: 'label' }>

/** Features of specs: tensors by name where a column has a group, and labels where there is one. */
export type FeaturesOf<Specs extends FeatureSpecs> = Features<
  [IsGrouped<Specs>] extends [never] ? Tensor : Record<string, Tensor>,
  [IsLabelled<Specs>] extends [never] ? null : Tensor
>
