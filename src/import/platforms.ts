/** The platforms that an image is built for. */
import type { BuildSite } from './builds.ts';
import type { Combination } from './matrix.ts';
import { saidElsewhere, textOf, type Place } from './places.ts';

const platformPattern = /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/;

/** Platforms of every step and job that builds it; a step without any builds what its runner is. */
export function platformsOf(
  places: readonly Place[],
  inputs: readonly ReadonlyMap<string, string>[],
  say: (comment: string) => void,
): readonly string[] | null {
  const found = new Set<string>();
  let isKnown = true;
  const unknown = (written: string): void => {
    isKnown = false;
    if (written !== saidElsewhere) say(`CHECK THIS: platforms: ${written}: only a run knows it`);
  };
  for (const [index, { site, jobs }] of places.entries()) {
    const written = inputs[index]?.get('platforms') ?? inputs[index]?.get('platform') ?? '';
    if (site.isUnknown && (written.includes('matrix.') || written === ''))
      unknown(written === '' ? 'its matrix' : written);
    for (const job of jobs) {
      const text = textOf(written, [job], site.run);
      if (text === null) unknown(written);
      const named = (text ?? '').split(/[\s,]+/).filter((platform) => platform !== '');
      if (named.some((platform) => !platformPattern.test(platform))) unknown(text ?? '');
      const platforms = named.filter((platform) => platformPattern.test(platform));
      if (text !== null && named.length === 0) platforms.push(runnerPlatform(site, job, say));
      for (const platform of platforms) found.add(platform);
    }
  }
  return found.size === 0 || !isKnown ? null : [...found];
}

function runnerPlatform({ job, run }: BuildSite, combination: Combination, say: (comment: string) => void): string {
  const runner = textOf(job.runsOn, [combination], run);
  const system = /^windows/i.test(runner ?? '') ? 'windows' : 'linux';
  if (system === 'windows') say(`CHECK THIS: it runs on ${runner ?? ''}, which builds images for Windows alone`);
  const platform = `${system}/${/\barm|arm64|aarch64/i.test(runner ?? '') ? 'arm64' : 'amd64'}`;
  if (runner === null || /self-hosted/.test(runner))
    say(`CHECK THIS: no platforms are named, and it runs on ${job.runsOn}: ${platform} is a guess`);
  return platform;
}
