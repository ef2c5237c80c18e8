/** The whole history, published release by release in the order things came out, with an audit after each. */
import { InputError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { undatedProblem } from '../../releases/at.ts';
import { rehearsalJson, rehearsalTable, type RehearsedRelease } from '../../report/rehearsal.ts';
import { auditCommand, auditDefaults } from '../audit.ts';
import { publish } from '../publish/index.ts';
import { readProject } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { rehearsedPublish, type RehearseOptions } from './options.ts';
import { auditReportOf } from './report-of.ts';

/** After each release the audit sees what was known then; at the end the registry is what the whole plan says. */
export async function rehearseHistory(options: RehearseOptions, world: World): Promise<Outcome> {
  const { known } = await readProject(options, world);
  const problem = undatedProblem(known, 'rehearse --all');
  if (problem !== null) throw new InputError([{ ...problem, fix: `${problem.fix ?? ''}${oneOnly(known.releases)}` }]);
  const rows: RehearsedRelease[] = [];
  for (const release of inOrderOfPublication(known.releases)) {
    rows.push(await rehearseOne(release, options, world));
    world.say(`${rows.length} of ${known.releases.length}: ${release.version.text}`);
  }
  const isClean = rows.every((row) => row.isClean && row.lags.length === 0);
  return {
    stdout: options.json ? rehearsalJson(rows) : rehearsalTable(rows),
    result: isClean ? 'as-planned' : 'findings',
  };
}

async function rehearseOne(release: Release, options: RehearseOptions, world: World): Promise<RehearsedRelease> {
  const version = release.version.text;
  const then = { ...options, at: version };
  const { repositories } = await publish({ ...then, ...rehearsedPublish, version }, world);
  const audit = await auditCommand({ ...then, ...auditDefaults, content: 'none' }, world);
  const { summary, findings } = auditReportOf(audit);
  const cells = repositories.flatMap((repository) => repository.cells);
  const moves = repositories.flatMap((repository) => repository.moves);
  return {
    version,
    publishedAt: release.publishedAt,
    built: cells.filter((cell) => cell.state === 'built').length,
    moved: moves.filter((move) => move.state === 'moved').length,
    lags: repositories.flatMap((repository) => repository.lags),
    findings: findings.filter(({ kind }) => kind !== 'frozen').map(({ kind, tag }) => `${kind} ${tag}`),
    right: (summary.ok ?? 0) + (summary.frozen ?? 0),
    isClean: audit.result === 'as-planned',
  };
}

/** Without dates nothing says what came out after what; one release can be rehearsed all the same. */
function oneOnly(releases: readonly Release[]): string {
  const newest = releases.at(-1);
  return newest === undefined ? '' : `; or rehearse one: tagwright rehearse ${newest.version.text}`;
}

/** Yanked releases were published too, before they were withdrawn; `publish` refuses them, so they are left out. */
function inOrderOfPublication(releases: readonly Release[]): Release[] {
  return releases.filter((release) => release.yanked === null).toSorted((a, b) => a.publishedAt - b.publishedAt);
}
