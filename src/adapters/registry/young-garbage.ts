import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Few enough to stay small, and so many that collecting takes no time beside them. */
const everyBytes = 8 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;
let collect: Collect | undefined;
let passedBytes = 0;

/**
 * Told of bytes that went through; frees their buffers now and then. Node does so by itself once some 70 MB of them lie
 * around, which from Node 24 on no flag that is set at run time changes.
 *
 * @see https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function collectAfter(sizeBytes: number): void {
  passedBytes += sizeBytes;
  if (passedBytes < everyBytes) return;
  passedBytes = 0;
  collect ??= collector();
  collect({ type: 'minor' });
}

/** A context has `gc` if it is made while the flag is set; this program's own has not. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const gc: Collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return gc;
}
