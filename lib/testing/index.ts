// dyngrad/testing: comparisons for tests.

export { type AssertCloseOptions, type Comparable, assertClose } from './assert-close'
export { type EqualityTester, type TesterContext, tensorSerializer, tensorTesters } from './testers'
