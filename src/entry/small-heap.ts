import { setFlagsFromString } from 'node:v8';

const flags = [
  '--liftoff-only',
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=10',
  '--max-inlined-bytecode-size-cumulative=200',
  '--interrupt-budget=1000000',
];

/**
 * Keeps the process under 100 MB while it asks a registry for thousands of tags; left alone it takes 130 to 165.
 *
 * Compiling undici's HTTP parser, which is WebAssembly, for the second time and better takes 36 MB for a moment and wins
 * nothing that can be measured on answers of a few headers. What a start leaves alive lets the young generation grow to
 * 33 MB, which thousands of short-lived requests then fill, and lets the old one grow by half before it is looked at.
 * Optimizing functions as early as usual takes a fifth of the time of a plan, which ends before that pays.
 * `npm run bench:audit` has the rate and the memory that come of it; `--optimize-for-size` saves as much and costs a
 * tenth of the rate.
 *
 * @param nodeVersion as `process.versions.node` has it: an engine that does not know a flag would print that it does not
 * @see https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function keepHeapSmall(nodeVersion: string): void {
  if (Number.parseInt(nodeVersion, 10) >= 24) return;
  for (const flag of flags) setFlagsFromString(flag);
}
