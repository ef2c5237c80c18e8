/** Builds that several targets share: what a context is called that reads one, and those that some targets need. */
import type { BuildTarget } from './build-target.ts';

const ofTarget = 'target:';

/** @returns `null` for a context that is something else */
export function sharedName(context: string): string | null {
  return context.startsWith(ofTarget) ? context.slice(ofTarget.length) : null;
}

/** As bake reads it. */
export function targetContext(id: string): string {
  return `${ofTarget}${id}`;
}

/** What these targets are made from, each once and after what it reads, for the platforms of all that need it. */
export function sharedTargets(targets: readonly BuildTarget[]): readonly BuildTarget[] {
  const found = new Map<string, BuildTarget>();
  for (const { shared = [], platforms } of targets) {
    for (const build of shared) {
      const known = found.get(build.id)?.platforms ?? [];
      found.set(build.id, { ...build, platforms: [...new Set([...known, ...platforms])] });
    }
  }
  return [...found.values()];
}
