/** The entry of the GitHub Action, which `action.yml` names in its bundled form. */
import { runAction } from './action/run-action.ts';

/** Put in place by the bundler, from package.json. */
declare const TAGWRIGHT_VERSION: string;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());

process.exitCode = await runAction({
  version: TAGWRIGHT_VERSION,
  env: process.env,
  signal: abort.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
});
