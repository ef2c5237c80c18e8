import { chromium, type Browser } from 'playwright-core';

/** Debian's Chromium, with nothing of its own to say to the network. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TAGWRIGHT_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
