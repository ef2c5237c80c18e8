/** The entry of the GitHub Action, which `action.yml` names in its bundled form. */
import { runAction } from './action/run-action.ts';
import { abortOnInterrupt } from './entry/interrupt.ts';

/** Put in place by the bundler, from package.json. */
declare const TAGWRIGHT_VERSION: string;

process.exitCode = await runAction({
  version: TAGWRIGHT_VERSION,
  env: process.env,
  signal: abortOnInterrupt(),
  print: (line) => void process.stdout.write(`${line}\n`),
});
