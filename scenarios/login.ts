/** A user signs in at the login page, waits for the web client and opens an application. */
import type { Scenario } from 'orderwatch/scenario';

export default {
  sdk: 1,
  id: 'login',
  title: 'Login',
  revision: 1,
  rows: { browser: 3 },
  consent: 'read-only',
  transports: ['browser'],
  signedOut: true,
  steps: ['open login page', 'sign in', 'load web client', 'open sales'],
  needs: {
    modules: ['sale_stock'],
    fields: {},
    access: { 'sale.order': ['read'] },
  },

  async run(ctx) {
    await ctx.step('open login page', () => ctx.browse((web) => web.openLogin()));
    await ctx.step('sign in', () => ctx.browse((web) => web.signIn()));
    await ctx.step('load web client', () => ctx.browse((web) => web.awaitMenus()));
    await ctx.step('open sales', () => ctx.browse((web) => web.openApp('sale.sale_menu_root')));
  },
} satisfies Scenario;
