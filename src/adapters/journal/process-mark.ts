/**
 * Which process a journal belongs to: its number and, where the system tells, when it started and on which machine, so
 * that a number that was given out again is not taken for it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const markPattern = /-(?<machine>[0-9a-f]{6})-(?<pid>\d+)-(?<start>\d+)\.jsonl$/;

/** `<machine>-<process>-<start>`, for the name of a journal. */
export function processMark(): string {
  return `${machine()}-${process.pid}-${startOf(process.pid) ?? 0}`;
}

/** What a journal's name says of the run's start: the name without its mark. */
export function startOfName(name: string): string {
  return name.replace(markPattern, '').replace(/\.jsonl$/, '');
}

/** True where the journal's name tells another process that still runs on this machine. */
export function isRunning(journal: string): boolean {
  const mark = markPattern.exec(journal)?.groups;
  if (mark === undefined || mark['machine'] !== machine()) return false;
  const pid = Number(mark['pid']);
  if (pid === process.pid) return false;
  const start = startOf(pid);
  if (start !== null) return String(start) === mark['start'];
  if (mark['start'] !== '0') return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}

/**
 * Clock ticks after boot at which a process started (Linux: field 22 of /proc/PID/stat); `null` where nobody says, and
 * for one that has ended and only waits to be noticed.
 */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[19]);
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    return Number.isSafeInteger(start) && !hasEnded ? start : null;
  } catch {
    return null;
  }
}
