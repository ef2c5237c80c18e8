/**
 * `tagwright rehearse VERSION | --all`: the real publish and audit against a registry of its own, in this process.
 *
 * Of one release: what came before is put there first, as an undisturbed history would have left it; then the release is
 * published and everything audited. Nothing is written anywhere else, and no login is needed.
 */
import { count } from '../domain/count.ts';
import type { AuditReport } from '../audit/types.ts';
import { InputError } from '../domain/errors.ts';
import { auditDocument } from '../report/audit-json.ts';
import { jsonText } from '../report/plan-json.ts';
import { publishDocument, type PublishReport } from '../report/publish.ts';
import { auditCommand, auditDefaults } from './audit.ts';
import { publish, publishOutcome } from './publish/index.ts';
import { namedRelease, readProject } from './read-project.ts';
import { cellsOf } from './release/publishable.ts';
import { saySourceProblems } from './release/sources.ts';
import { rehearseHistory } from './rehearse/history.ts';
import { rehearsedPublish, type RehearseOptions } from './rehearse/options.ts';
import { auditReportOf } from './rehearse/report-of.ts';
import { stageHistory } from './rehearse/stage.ts';
import type { Outcome, World } from './world.ts';

export async function rehearseCommand(options: RehearseOptions, world: World): Promise<Outcome> {
  if ((options.version === null) !== options.all) {
    const message = options.all ? 'a version and --all are two different things' : 'which release?';
    throw new InputError([
      { code: 'USAGE', where: 'rehearse', message, fix: 'write tagwright rehearse VERSION, or rehearse --all' },
    ]);
  }
  const project = await readProject(options, world);
  const { path } = project.image.repositories[0];
  const stage = await world.rehearsal();
  try {
    const common = { ...options, repository: [`${stage.host}/${path}`] };
    const own: World = { ...world, journals: () => stage.journals, evidence: () => stage.evidence };
    if (options.version === null) return await rehearseHistory(common, own);
    return await rehearseRelease(common, options.version, own);
  } finally {
    await stage.close();
  }
}

async function rehearseRelease(options: RehearseOptions, version: string, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const release = namedRelease(project, version);
  await saySourceProblems(cellsOf(project, release), project, release, world);
  const staged = await stageHistory(project, release, world);
  world.say(
    `${count(staged, 'cell of earlier and other releases is', 'cells of earlier and other releases are')} in ${options.repository[0] ?? ''}`,
  );
  const published = await publish({ ...options, ...rehearsedPublish, version }, world);
  const audited = await auditCommand({ ...options, ...auditDefaults }, world);
  const { result, stdout } = publishOutcome(published, false);
  return {
    stdout: options.json ? bothJson(published, auditReportOf(audited)) : `${stdout}\n${audited.stdout}`,
    result: result === 'as-planned' ? audited.result : result,
  };
}

function bothJson(publish: PublishReport, audit: AuditReport): string {
  return jsonText({ schema: 1, publish: publishDocument(publish), audit: auditDocument(audit) });
}
