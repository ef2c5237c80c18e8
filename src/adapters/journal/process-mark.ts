/**
 * Which process a journal belongs to: its number and, where the system tells, when it started and on which machine, so
 * that a number that was given out again is not taken for it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** `<machine>-<process>-<start>`, for the name of a journal. */
export function processMark(): string {
  return `${machine()}-${process.pid}-${startOf(process.pid) ?? 0}`;
}

/** True where the journal's name tells another process that still runs on this machine. */
export function isRunning(journal: string): boolean {
  const mark = /-(?<machine>[0-9a-f]{6})-(?<pid>\d+)-(?<start>\d+)\.jsonl$/.exec(journal)?.groups;
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

/** Clock ticks after boot at which a process started (Linux: field 22 of /proc/PID/stat); `null` where nobody says. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[19]);
    return Number.isSafeInteger(start) ? start : null;
  } catch {
    return null;
  }
}
