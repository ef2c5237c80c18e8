/** How far long work is, in one line. */
import { grouped } from './words.ts';

export interface ProgressFacts {
  /** `Reading tags of docker.io/acme/app` */
  readonly what: string;
  readonly done: number;
  /** `null` if the end is not known. */
  readonly total: number | null;
  readonly elapsedMs: number;
}

/** Whole, or cut to so many columns: a line that wraps cannot be written over in place. */
export function progressLine({ what, done, total, elapsedMs }: ProgressFacts, columns = Infinity): string {
  const line =
    done === 0 && total === null ? `${what}, ${span(elapsedMs)} so far` : `${what}: ${counts(done, total, elapsedMs)}`;
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

function counts(done: number, total: number | null, elapsedMs: number): string {
  const perSecond = elapsedMs <= 0 ? 0 : (done * 1000) / elapsedMs;
  const rate =
    perSecond === 0 ? [] : [`${perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond))} a second`];
  if (total === null) return [grouped(done), ...rate].join(', ');
  const left = perSecond === 0 || done >= total ? [] : [`about ${span(((total - done) * 1000) / perSecond)} left`];
  return [`${grouped(done)} of ${grouped(total)}`, ...rate, ...left].join(', ');
}

/** `8 s`, `3 min`, `2 h` */
function span(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
