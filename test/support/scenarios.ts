/** The scenarios that write documents: whatever cuts one, nothing may be left. */
export const writingScenarios = [
  'order-confirmation',
  'stock-reservation',
  'picking-validation',
  'invoice-posting',
  'order-to-cash',
] as const;
