/**
 * What the plain progress of `docker buildx bake` tells about its targets. It is written for people, so only this is
 * taken from it: that something was built at all, which targets failed, and with which words.
 */
import type { BuildWork } from '../../domain/build-work.ts';

export interface BakeProgress {
  /** A build step was seen: from here on, something may have been pushed. */
  readonly started: boolean;
  /** Target to reason, with the last words of the step that failed. A step that targets share fails them all. */
  readonly failures: ReadonlyMap<string, string>;
  /** Target to the last lines that its failed step printed. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  /** Target to what was done for it. */
  readonly work: ReadonlyMap<string, BuildWork>;
  /** The error bake ended with. */
  readonly error: string | null;
}

const stepPattern =
  /^#(?<step>\d+) \[(?!internal\] load local bake definitions)(?<target>[a-zA-Z0-9_-]+)(?<rest>[^\]]*)\] (?<what>.*)/;
const outputPattern = /^#(?<step>\d+) \d+\.\d+ (?<text>.*\S)/;
const stepErrorPattern = /^#(?<step>\d+) ERROR: (?<error>.+)$/;
const stepEndPattern = /^#(?<step>\d+) (?<end>CACHED|DONE (?<seconds>\d+\.\d+s)|CANCELED|ERROR: .*)$/;
/** A cache that is not there, or cannot be read, stops no build. */
const importPattern = /^#(?<step>\d+) (?<what>importing cache manifest from .*)/;
const errorPattern = /^ERROR: (?:target (?<target>[a-zA-Z0-9_-]+): )?(?<error>.+)$/;
/** `2/5`, or `builder 2/5`: a step of the Dockerfile, and not one of BuildKit's own. */
const countedPattern = /(?:^| )\d+\/\d+$/;

interface Step {
  /** The last target that it was shown for. */
  target: string;
  readonly targets: Set<string>;
  readonly name: string;
  /** An instruction that changes an image: whether it came from the cache says whether anything was built. */
  readonly isOwn: boolean;
  readonly isExport: boolean;
  readonly lines: string[];
  hasEnded: boolean;
}

/** How much of a failed step's output is kept. */
const keptLines = 10;

export interface BakeTracker {
  /** @returns what has just ended, for the person who watches; `null`: nothing has */
  line(text: string, nowMs: number): string | null;
  /** Steps that began and have not ended, oldest first. */
  running(): readonly string[];
  progress(): BakeProgress;
}

/**
 * Reads progress line by line.
 *
 * @param ids the targets of the build; where there is only one, bake names none and every failure is its own
 */
export function trackBake(ids: readonly string[]): BakeTracker {
  const [only] = ids.length === 1 ? ids : [];
  const steps = new Map<string, Step>();
  const imports = new Map<string, string>();
  const failures = new Map<string, string>();
  const logs = new Map<string, readonly string[]>();
  const work = createWork();
  let started = false;
  let last: string | null = null;

  const fail = (target: string | undefined, error: string | undefined, log: readonly string[]): void => {
    const failed = only ?? target;
    if (failed === undefined || error === undefined || !ids.includes(failed)) return;
    if (log.length > 0 && !logs.has(failed)) logs.set(failed, [...log]);
    if (!failures.has(failed)) failures.set(failed, error);
  };
  return {
    line(text, nowMs) {
      const named = stepPattern.exec(text)?.groups;
      if (named !== undefined) {
        started = true;
        const step = noteStep(steps, named, only);
        work.begin(only ?? step.target, nowMs);
        return null;
      }
      const imported = importPattern.exec(text)?.groups;
      if (imported !== undefined) imports.set(imported['step'] ?? '', imported['what'] ?? '');
      const output = outputPattern.exec(text)?.groups;
      if (output !== undefined) {
        keepLine(steps.get(output['step'] ?? ''), output['text'] ?? '');
        return null;
      }
      const stepError = stepErrorPattern.exec(text)?.groups;
      if (stepError !== undefined && !imports.has(stepError['step'] ?? '')) {
        const step = steps.get(stepError['step'] ?? '');
        const words = step?.lines.at(-1);
        const reason = `${stepError['error']}${words === undefined ? '' : `; it last said: ${words}`}`;
        for (const target of step?.targets ?? []) fail(target, reason, step?.lines ?? []);
      }
      const error = errorPattern.exec(text)?.groups;
      if (error !== undefined) {
        last = error['error'] ?? null;
        if (started) fail(error['target'], error['error'], []);
      }
      const end = stepEndPattern.exec(text)?.groups;
      if (end === undefined) return null;
      const step = steps.get(end['step'] ?? '');
      if (step !== undefined) {
        step.hasEnded = true;
        return work.end(only, step, end, nowMs);
      }
      const what = imports.get(end['step'] ?? '');
      return what === undefined ? null : `${what}: ${endText(end)}`;
    },
    running: () =>
      [...steps.values()].flatMap(({ name, isOwn, isExport, hasEnded }) =>
        (isOwn || isExport) && !hasEnded ? [name] : [],
      ),
    progress: () => ({ started, failures, logs, work: work.all(), error: last }),
  };
}

/** A step that targets share is shown under the name of each; where there is only one target, without a name. */
function noteStep(
  steps: Map<string, Step>,
  named: Readonly<Record<string, string | undefined>>,
  only: string | undefined,
): Step {
  const { step: id = '', target = '', rest = '', what = '' } = named;
  const known = steps.get(id);
  if (known !== undefined) {
    known.target = target;
    known.targets.add(target);
    return known;
  }
  const isOwn = countedPattern.test(`${target}${rest}`) && !what.startsWith('FROM ');
  const isExport = rest === '' && what.startsWith('exporting to ');
  const name = `${only === undefined || only === target ? '' : `${only} `}${target}${rest}: ${what}`;
  const step = { target, targets: new Set([target]), name, isOwn, isExport, lines: [], hasEnded: false };
  steps.set(id, step);
  return step;
}

function keepLine(step: Step | undefined, line: string): void {
  if (step === undefined) return;
  step.lines.push(line);
  if (step.lines.length > keptLines) step.lines.shift();
}

function endText({ end = '', seconds }: Readonly<Record<string, string | undefined>>): string {
  if (end === 'CACHED') return 'cached';
  if (seconds !== undefined) return seconds;
  return end === 'CANCELED' ? 'stopped' : end.replace('ERROR: ', 'failed: ');
}

/** When each target began and ended, and how much of it came from the cache. */
function createWork(): {
  begin(target: string, nowMs: number): void;
  end(
    only: string | undefined,
    step: Step,
    end: Readonly<Record<string, string | undefined>>,
    nowMs: number,
  ): string | null;
  all(): ReadonlyMap<string, BuildWork>;
} {
  const times = new Map<string, { readonly fromMs: number; toMs: number; own: number; cached: number }>();
  const begin = (target: string, nowMs: number): void => {
    if (!times.has(target)) times.set(target, { fromMs: nowMs, toMs: nowMs, own: 0, cached: 0 });
  };
  return {
    begin,
    end(only, step, end, nowMs) {
      const isCached = end['end'] === 'CACHED';
      for (const target of only === undefined ? step.targets : [only]) {
        const time = times.get(target);
        if (time === undefined) continue;
        time.toMs = nowMs;
        if (!step.isOwn) continue;
        time.own += 1;
        if (isCached) time.cached += 1;
      }
      if (!step.isOwn && !step.isExport) return null;
      return `${step.name}: ${endText(end)}`;
    },
    all: () =>
      new Map(
        [...times].map(([target, { fromMs, toMs, own, cached }]) => [
          target,
          { ms: toMs - fromMs, cached: own > 0 && own === cached },
        ]),
      ),
  };
}

/** A line that may be shown on any terminal: a build step prints what it likes, escape sequences included. */
export function printable(line: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- these are what is to be taken out
  return line.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
