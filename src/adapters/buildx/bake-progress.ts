/**
 * What the plain progress of `docker buildx bake` tells about its targets. It is written for people, so only this is
 * taken from it: that something was built at all, which targets failed, and with which words.
 */

export interface BakeProgress {
  /** A build step was seen: from here on, something may have been pushed. */
  readonly started: boolean;
  /** Target to reason, with the last words of the step that failed. A step that targets share is named after one. */
  readonly failures: ReadonlyMap<string, string>;
  /** The error bake ended with. */
  readonly error: string | null;
}

const stepPattern = /^#(?<step>\d+) \[(?!internal\] load local bake definitions)(?<target>[a-zA-Z0-9_-]+)/;
const outputPattern = /^#(?<step>\d+) \d+\.\d+ (?<text>.*\S)/;
const stepErrorPattern = /^#(?<step>\d+) ERROR: (?<error>.+)$/;
/** A cache that is not there, or cannot be read, stops no build. */
const importPattern = /^#(?<step>\d+) importing cache manifest from /;
const errorPattern = /^ERROR: (?:target (?<target>[a-zA-Z0-9_-]+): )?(?<error>.+)$/;

/**
 * Reads progress line by line.
 *
 * @param ids the targets of the build; where there is only one, bake names none and every failure is its own
 */
export function trackBake(ids: readonly string[]): { line(text: string): void; progress(): BakeProgress } {
  const [only] = ids.length === 1 ? ids : [];
  const targetOfStep = new Map<string, string>();
  const lastWords = new Map<string, string>();
  const imports = new Set<string>();
  const failures = new Map<string, string>();
  let started = false;
  let last: string | null = null;

  const fail = (target: string | undefined, error: string | undefined): void => {
    const failed = only ?? target;
    if (failed !== undefined && error !== undefined && ids.includes(failed) && !failures.has(failed)) {
      failures.set(failed, error);
    }
  };
  return {
    line(text) {
      const step = stepPattern.exec(text)?.groups;
      if (step !== undefined) {
        started = true;
        targetOfStep.set(step['step'] ?? '', step['target'] ?? '');
        return;
      }
      const imported = importPattern.exec(text)?.groups?.['step'];
      if (imported !== undefined) imports.add(imported);
      const output = outputPattern.exec(text)?.groups;
      if (output !== undefined) {
        lastWords.set(output['step'] ?? '', output['text'] ?? '');
        return;
      }
      const stepError = stepErrorPattern.exec(text)?.groups;
      if (stepError !== undefined && !imports.has(stepError['step'] ?? '')) {
        const words = lastWords.get(stepError['step'] ?? '');
        const reason = `${stepError['error']}${words === undefined ? '' : `; it last said: ${words}`}`;
        fail(targetOfStep.get(stepError['step'] ?? ''), reason);
      }
      const error = errorPattern.exec(text)?.groups;
      if (error === undefined) return;
      last = error['error'] ?? null;
      if (started) fail(error['target'], error['error']);
    },
    progress: () => ({ started, failures, error: last }),
  };
}

/** A line that may be shown on any terminal: a build step prints what it likes, escape sequences included. */
export function printable(line: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- these are what is to be taken out
  return line.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
