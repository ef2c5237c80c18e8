/**
 * What pages run in a browser, as the text of src/report/page/script.ts: src/browser with Preact and htm, in one piece, so
 * that a page needs nobody. `npm run generate` writes it, and test/browser/script.test.ts compares.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const entry = fileURLToPath(new URL('../src/browser/start.ts', import.meta.url));

/** @returns the same text for the same sources and lock file */
export async function bundlePageScript(): Promise<string> {
  const { output } = await build({
    input: entry,
    platform: 'browser',
    write: false,
    logLevel: 'warn',
    transform: { target: 'es2022' },
    output: { format: 'iife', minify: true },
  });
  // A tab occurs in literals alone, where its escape means the same.
  const code = output[0].code.trim().replaceAll('\t', String.raw`\t`);
  return `/** What a page runs in a browser: src/browser in one piece, by scripts/page-script.ts. Not written by hand. */
export const pageScript = ${JSON.stringify(code)};
`;
}
