/** How a scenario drives Odoo. */
export const transports = ['rpc', 'browser'] as const;
export type Transport = (typeof transports)[number];
