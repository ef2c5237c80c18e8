import { setFlagsFromString } from 'node:v8';

/** For everything that starts: optimizing functions as early as usual takes a fifth of a plan, which ends before that pays. Node 20 alone has it. */
const late = ['--interrupt-budget=2000000'];

/**
 * What a plan makes is alive to its end: with some room for it, in MiB, it is looked at less often. Looking through the
 * old generation in small steps begins as soon as a small plan is made, takes a tenth of its time and finds nothing; a
 * young one of few MiB is copied before other threads have woken up.
 */
const quick = ['--min-semi-space-size=8', '--no-minor-gc-task', '--no-incremental-marking', '--no-parallel-scavenge'];

const small = [
  '--liftoff-only',
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=10',
  '--max-inlined-bytecode-size-cumulative=200',
];

/** These may ask a registry for thousands of tags. */
const asking: ReadonlySet<string> = new Set([
  'apply',
  'audit',
  'docs',
  'look',
  'plan',
  'protect',
  'prune',
  'publish',
  'rollback',
  'unyank',
  'yank',
]);

/**
 * Keeps a process that asks a registry for thousands of tags under 100 MB; left alone it takes 130 to 165. What asks
 * nothing is done in four fifths of the time without.
 *
 * Compiling undici's HTTP parser, which is WebAssembly, for the second time and better takes 36 MB for a moment and wins
 * nothing that can be measured on answers of a few headers. What a start leaves alive lets the young generation grow to
 * 33 MB, which thousands of short-lived requests then fill, and lets the old one grow by half before it is looked at.
 * `npm run bench -- --only audit` has the rate and the memory that come of it; `--optimize-for-size` saves as much and
 * costs a tenth of the rate.
 *
 * @param nodeVersion as `process.versions.node` has it
 * @param args what stands behind the program's name
 * @returns a word for the flags that are set: code that is compiled under others is refused
 * @see https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function keepHeapSmall(nodeVersion: string, args: readonly string[]): string {
  const { word, flags } = heapFlags(nodeVersion, args);
  for (const flag of flags) setFlagsFromString(flag);
  return word;
}

/** An engine that does not know a flag would print that it does not, so each has those it knows. */
export function heapFlags(
  nodeVersion: string,
  args: readonly string[],
): { readonly word: string; readonly flags: readonly string[] } {
  const major = Number.parseInt(nodeVersion, 10);
  if (major >= 24) return { word: 'plain', flags: [] };
  const isAsking = !args.includes('--offline') && args.some((arg) => asking.has(arg));
  return {
    word: isAsking ? 'small' : 'quick',
    flags: [...(major < 22 ? late : []), ...(isAsking ? small : quick)],
  };
}
