/** `playwright test` as a team would set it up for one check of one Odoo. */
import { defineConfig } from 'playwright/test';
import { launchOptions, VIEWPORT } from '../launch.ts';
import { given } from './given.ts';

export default defineConfig({
  workers: 1,
  reporter: 'line',
  outputDir: given.outputFolder,
  use: { baseURL: given.subject.account.url, viewport: VIEWPORT, launchOptions },
});
