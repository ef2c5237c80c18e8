/** What a person reads while a command runs: lines, and how far long work is. */
import { progressLine } from '../report/progress.ts';
import type { Progress, Task } from '../ports.ts';

export interface TalkOptions {
  /** A line for stderr. */
  readonly say: (line: string) => void;
  /** stderr, if it is a terminal: progress is shown in place. */
  readonly terminal: Terminal | null;
  readonly nowMs: () => number;
  /** Calls back again and again until the function that it returns is called. */
  readonly every: (ms: number, callback: () => void) => () => void;
}

export interface Terminal {
  readonly write: (text: string) => void;
  readonly columns: () => number;
}

export interface Talk {
  readonly say: (line: string) => void;
  readonly progress: Progress;
}

/** Work that ends before is not mentioned. */
const quietMs = 1000;
const inPlaceMs = 250;
const inLogMs = 10_000;
const clearLine = '\r\u001B[2K';

interface Running {
  readonly what: string;
  readonly total: number | null;
  readonly startMs: number;
  done: number;
}

/** Of several tasks at once the first that still runs is shown. */
export function createTalk({ say, terminal, nowMs, every }: TalkOptions): Talk {
  const running = new Set<Running>();
  let shown = false;
  let stop: (() => void) | null = null;

  const clear = (): void => {
    if (shown) terminal?.write(clearLine);
    shown = false;
  };
  const show = (): void => {
    const [task] = running;
    if (task === undefined) return;
    const elapsedMs = nowMs() - task.startMs;
    if (elapsedMs < quietMs) return;
    if (terminal === null) return say(progressLine({ ...task, elapsedMs }));
    terminal.write(`${clearLine}${progressLine({ ...task, elapsedMs }, Math.max(1, terminal.columns() - 1))}`);
    shown = true;
  };
  const end = (task: Running | null): void => {
    if (task === null || !running.delete(task)) return;
    if (running.size > 0) return;
    stop?.();
    stop = null;
    clear();
  };
  const begin = (what: string, total: number | null): Running => {
    const task: Running = { what, total, startMs: nowMs(), done: 0 };
    running.add(task);
    stop ??= every(terminal === null ? inLogMs : inPlaceMs, show);
    return task;
  };
  const start = (what: string, total: number | null): Task => {
    const task = begin(what, total);
    return { advance: (count = 1) => void (task.done += count), end: () => end(task) };
  };
  let watched: Running | null = null;
  const now = (what: string | null): void => {
    if (terminal === null || what === watched?.what) return;
    end(watched);
    watched = what === null ? null : begin(what, null);
  };
  return {
    say: (line) => {
      clear();
      say(line);
    },
    progress: { start, now },
  };
}

/** For `--quiet`. */
export const noProgress: Progress = {
  start: () => ({ advance: () => undefined, end: () => undefined }),
  now: () => undefined,
};
