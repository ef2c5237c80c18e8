import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the process under 100 MB while it asks a registry for thousands of tags; left alone it takes 130 to 160.
 *
 * Compiling undici's HTTP parser, which is WebAssembly, for the second time and better takes 36 MB for a moment and wins
 * nothing that can be measured on answers of a few headers; and what a start leaves alive lets the young generation grow
 * to 33 MB, which thousands of short-lived requests then fill. It costs one part in twenty of the time.
 *
 * @param nodeVersion as `process.versions.node` has it: an engine that does not know a flag would print that it does not
 * @see https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function keepHeapSmall(nodeVersion: string): void {
  if (Number.parseInt(nodeVersion, 10) >= 24) return;
  for (const flag of ['--liftoff-only', '--semi-space-growth-factor=1', '--optimize-for-size'])
    setFlagsFromString(flag);
}
