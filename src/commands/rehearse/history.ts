/** The whole history, published release by release in the order things came out, with an audit after each. */
import type { Release } from '../../domain/release.ts';
import { rehearsalJson, rehearsalTable, type RehearsedRelease } from '../../report/rehearsal.ts';
import { auditCommand, auditDefaults } from '../audit.ts';
import { publishCommand } from '../publish/publish.ts';
import { readProject } from '../read-project.ts';
import { rehearsedPublish, type RehearseOptions } from './options.ts';
import type { Outcome, World } from '../world.ts';
import { z } from 'zod';

const published = z.object({
  repositories: z.array(
    z.object({
      cells: z.array(z.object({ state: z.string() })),
      moves: z.array(z.object({ state: z.string() })),
      lags: z.array(z.string()),
    }),
  ),
});
const audited = z.object({
  summary: z.record(z.string(), z.number()),
  findings: z.array(z.object({ kind: z.string(), tag: z.string() })),
});

/** After each release the audit sees what was known then; at the end the registry is what the whole plan says. */
export async function rehearseHistory(options: RehearseOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const rows: RehearsedRelease[] = [];
  for (const release of inOrderOfPublication(project.known.releases)) {
    const version = release.version.text;
    const then = { ...options, at: version, json: true };
    const report = published.parse(
      JSON.parse((await publishCommand({ ...then, ...rehearsedPublish, version }, world)).stdout),
    );
    const audit = await auditCommand({ ...then, ...auditDefaults, format: 'json', content: 'none' }, world);
    const { summary, findings } = audited.parse(JSON.parse(audit.stdout));
    const cells = report.repositories.flatMap((repository) => repository.cells);
    const moves = report.repositories.flatMap((repository) => repository.moves);
    rows.push({
      version,
      publishedAt: release.publishedAt,
      built: cells.filter((cell) => cell.state === 'built').length,
      moved: moves.filter((move) => move.state === 'moved').length,
      lags: report.repositories.flatMap((repository) => repository.lags),
      findings: findings
        .filter((finding) => finding.kind !== 'frozen')
        .map((finding) => `${finding.kind} ${finding.tag}`),
      right: (summary['ok'] ?? 0) + (summary['frozen'] ?? 0),
      isClean: audit.result === 'as-planned',
    });
    world.say(`${rows.length} of ${project.known.releases.length}: ${version}`);
  }
  const isClean = rows.every((row) => row.isClean && row.lags.length === 0);
  return {
    stdout: options.json ? rehearsalJson(rows) : rehearsalTable(rows),
    result: isClean ? 'as-planned' : 'findings',
  };
}

/** Yanked releases were published too, before they were withdrawn; `publish` refuses them, so they are left out. */
function inOrderOfPublication(releases: readonly Release[]): Release[] {
  return releases.filter((release) => release.yanked === null).toSorted((a, b) => a.publishedAt - b.publishedAt);
}
