/** The browser of the references: the same one, as root or not, that our engine starts. */
import type { LaunchOptions } from 'playwright';
import { chromiumFromEnvironment } from '../../src/config/environment.ts';

export const VIEWPORT = { width: 1440, height: 900 } as const;

export const launchOptions: LaunchOptions = {
  executablePath: chromiumFromEnvironment() ?? '/usr/bin/chromium',
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--disable-gpu', '--disable-quic', '--no-first-run'],
  // A signal ends the bench between two samples, not a browser in the middle of one.
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
};
