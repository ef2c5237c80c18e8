/** `tagwright init`: a config, a template and two workflows, or what an existing workflow says as a config. */
import { formatProblem, InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import { formatRepository, parseRepository } from '../../domain/reference.ts';
import { configText } from '../../import/config-text.ts';
import { readPipelineFile } from '../../import/gitlab-pipeline.ts';
import { importWorkflow } from '../../import/import-workflow.ts';
import type { GitFacts, ProjectFiles } from '../../ports.ts';
import { renderDockerfile } from '../../render/dockerfile.ts';
import { required } from '../read-project.ts';
import { pipelinePath, readPipelineFiles, readPipelineText } from '../pipeline-files.ts';
import type { Outcome, World } from '../world.ts';
import { schemeOf, shapeOf, tagPattern } from '../../import/version-shape.ts';
import { ending } from './ending.ts';
import { besides, filesFromRegistry } from './from-registry.ts';
import { declaredOnly } from './declared-only.ts';
import { printedBake } from './printed-bake.ts';
import { askFacts, stopped } from './questions.ts';
import { gitlabPipeline, isOurs } from './gitlab-pipeline.ts';
import {
  forgeOf,
  nowhere,
  projectFacts,
  projectPaths,
  remoteOf,
  type Forge,
  type ProjectFacts,
} from './project-facts.ts';
import { workflowTexts } from './workflow-texts.ts';
import {
  auditWorkflow,
  dockerfilePath,
  packageTags,
  releasesPath,
  releaseWorkflow,
  startingConfig,
  startingTemplate,
  templatePath,
} from './starting-files.ts';

export interface InitOptions {
  readonly config: string;
  readonly fromWorkflow: string | null;
  /** `REGISTRY/IMAGE`, or a file of tags. */
  readonly fromRegistry: string | null;
  /** `REGISTRY/IMAGE` to write, if no file says it; left out: guessed, or asked for on a terminal. */
  readonly repository?: string | null;
  /** Whose workflows or pipeline is written; `null`: as the remote says. */
  readonly ci: Forge | null;
  /** A job for each cell and platform, in GitLab's pipeline. */
  readonly fanOut: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
}

interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** @throws {InputError} USAGE where a file is there already; WORKFLOW_INVALID */
export async function initCommand(options: InitOptions, world: World): Promise<Outcome> {
  if (!options.config.endsWith('.ts')) throw notTypeScript(options.config);
  const files = world.files('.');
  // Before a person is asked anything.
  const isHere = (await files.read(options.config)) !== null;
  if (isHere && !options.force && !options.dryRun) throw new InputError([isThere(options.config)]);
  const git = await world.gitFacts('.');
  const start = await startOf(options, files, git, world);
  if (start === stopped) {
    world.say('nothing was written');
    return { stdout: '', result: 'findings' };
  }
  const { written, taken = [] } = start;
  const existing = await existingOf(written, files);
  if (options.dryRun) {
    if (!options.force) for (const { path } of existing) world.say(`${path} is there already: --force overwrites it`);
    for (const problem of taken) world.say(formatProblem(problem));
    for (const note of start.notes) world.say(note);
    return { stdout: written.map(shown).join('\n'), result: 'as-planned' };
  }
  const inTheWay = options.force ? taken : [...existing.map(({ path }) => isThere(path)), ...taken];
  if (inTheWay.length > 0) throw new InputError(inTheWay);
  await writeAll(written, files);
  const lines = written.map(
    ({ path }) => `${path} ${existing.some((file) => file.path === path) ? 'overwritten' : 'written'}`,
  );
  const said = start.notes.length === 0 ? [] : ['', ...start.notes];
  const last = await ending(options.config, world);
  return { stdout: `${[...lines, ...said, '', ...last].join('\n')}\n`, result: 'as-planned' };
}

async function startOf(
  options: InitOptions,
  files: ProjectFiles,
  git: GitFacts,
  world: World,
): Promise<Start | typeof stopped> {
  const { config, fromWorkflow, fromRegistry } = options;
  if (fromRegistry !== null) {
    return filesFromRegistry({ from: fromRegistry, repository: givenRepository(options), config }, git, world);
  }
  if (fromWorkflow === null) return firstFiles(options, files, git, world);
  const text = await importedConfig(await world.readText(fromWorkflow), fromWorkflow, git, files);
  const note = `Read its comments first: they say what has no counterpart. ${fromWorkflow} still pushes as before.`;
  return { written: [{ path: config, text }], notes: [note] };
}

async function writeAll(written: readonly NewFile[], files: ProjectFiles): Promise<void> {
  const done: string[] = [];
  for (const { path, text } of written) {
    try {
      await files.write(path, text);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const before =
        done.length === 0 ? 'nothing was written' : `${done.join(', ')} ${done.length === 1 ? 'is' : 'are'} written`;
      const message = `${path} cannot be written: ${reason}; ${before}`;
      throw new OutsideError('FILE_FAILED', message, { path }, { cause: error });
    }
    done.push(path);
  }
}

interface Start {
  readonly written: readonly NewFile[];
  /** What a person should know of it. */
  readonly notes: readonly string[];
  /** What is there keeps it from being written, with `--force` too. */
  readonly taken?: readonly Problem[];
}

/** What a workflow here pushes already; else what the files of the repository say. */
async function firstFiles(
  options: InitOptions,
  files: ProjectFiles,
  git: GitFacts,
  world: World,
): Promise<Start | typeof stopped> {
  const paths = git.files;
  const forge = options.ci ?? forgeOf(git);
  if (options.fanOut && forge === 'github') throw new InputError([noFanOut]);
  const audit: NewFile = { path: '.github/workflows/audit-images.yml', text: auditWorkflow() };
  const imported =
    forge === 'github' && git.below === undefined ? await importedStart(options, { files, git, paths }) : nothing;
  if (imported.written.length > 0) return { ...imported, written: [...imported.written, audit] };
  const texts = new Map<string, string>();
  for (const path of projectPaths(paths)) texts.set(path, (await files.read(path)) ?? '');
  const bakeNotes = await printedBake(texts, world);
  const given = givenRepository(options);
  const read = projectFacts(paths, texts, git, forge);
  const seen = { ...read, layout: await declaredOnly(read.layout, files) };
  const found = given === null ? seen : { ...seen, repository: given, isRepositorySaid: true };
  const ask = world.ask ?? null;
  const facts = ask === null ? found : await askFacts(found, ask);
  if (facts === stopped) return stopped;
  const config = { path: options.config, text: startingConfig(facts, git) };
  const isKnown = !facts.repository.startsWith(`${nowhere}/`);
  const ci: Start = !isKnown
    ? nothing
    : git.below !== undefined
      ? { written: [], notes: [belowTop(git.below, forge)] }
      : forge === 'gitlab'
        ? await gitlabStart(facts, options, git, files)
        : {
            written: [{ path: '.github/workflows/release-images.yml', text: releaseWorkflow(facts.repository) }, audit],
            notes: [],
          };
  const releases = { path: besides(options.config, releasesPath), text: '[]\n' };
  // Rows that somebody wrote are facts, and no start replaces them.
  const isKept = (await files.read(releases.path)) !== null;
  const written = [
    config,
    ...(git.isRepository || isKept ? [] : [releases]),
    ...(facts.layout.images.length > 0 || facts.base === null ? [] : templateFiles(facts, facts.base)),
    ...ci.written,
  ];
  const notes = [
    ...imported.notes,
    ...bakeNotes,
    ...facts.layout.notes,
    ...newerTags(packageTags(facts, git.tags).rest),
    ...unknownNotes(facts, git, isKept),
    ...ci.notes,
  ];
  return { written, notes, taken: ci.taken ?? [] };
}

const nothing: Start = { written: [], notes: [] };

/** Written here, they would never run. */
function belowTop(below: string, forge: Forge): string {
  const [what, where] =
    forge === 'gitlab' ? ['pipeline', `GitLab reads ${pipelinePath}`] : ['workflow', 'GitHub reads .github/workflows'];
  return `No ${what} is written, and none was read: ${where} only at the top of the git repository, and this folder is ${below}. Run tagwright init at the top: it reads the Dockerfiles of every folder.`;
}

const noFanOut: Problem = {
  code: 'USAGE',
  where: '--fan-out',
  message: "init writes it for GitLab alone, and this is not GitLab's",
  fix: 'add --ci gitlab, or take the jobs for GitHub from docs/action.md',
};

async function gitlabStart(
  facts: ProjectFacts,
  { config, fanOut }: InitOptions,
  git: GitFacts,
  files: ProjectFiles,
): Promise<Start> {
  const ownTags = new Set(packageTags(facts, git.tags).own.keys());
  const existing = await readPipelineText(files);
  const folder = { read: (path: string) => files.read(path), paths: () => Promise.resolve(git.files) };
  const there = {
    own: existing !== null && isOurs(existing) ? readPipelineFile(pipelinePath, existing) : null,
    others: existing === null || isOurs(existing) ? null : await readPipelineFiles(existing, folder),
  };
  const { path, text, notes, taken } = gitlabPipeline(there, { facts, config, fanOut, ownTags });
  return { written: [{ path, text }], notes, taken };
}

/** @throws {InputError} REFERENCE_INVALID */
function givenRepository({ repository = null }: InitOptions): string | null {
  return repository === null ? null : formatRepository(required(parseRepository(repository, '--repository')));
}

/** @param isKept the releases were written down before */
function unknownNotes({ repository }: ProjectFacts, { isRepository }: GitFacts, isKept: boolean): string[] {
  return [
    ...(repository.startsWith(`${nowhere}/`)
      ? [
          'No workflow is written: nothing says where the image goes. Name it: tagwright init --force --repository REGISTRY/IMAGE',
        ]
      : []),
    ...(isRepository
      ? []
      : [
          isKept
            ? `${releasesPath} is kept as it is: it has the releases.`
            : `This folder is in no git repository, so ${releasesPath} has the releases. Add a row for each, { "version": "1.0.0", "revision": "the commit, 40 hex", "committedAt": "2024-05-02T10:00:00Z" }; or run git init, and set source: { git: '.' }.`,
        ]),
  ];
}

interface Place {
  readonly files: ProjectFiles;
  readonly git: GitFacts;
  readonly paths: readonly string[];
}

/** The first workflow of the repository that pushes the images of a release. */
async function importedStart(options: InitOptions, { files, git, paths }: Place): Promise<Start> {
  const notes: string[] = [];
  for (const path of paths.filter((one) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(one))) {
    const source = (await files.read(path)) ?? '';
    if (!/uses:\s*\S*(?:metadata-action|build-push-action|bake-action)/.test(source)) continue;
    try {
      const text = await importedConfig(source, path, git, files);
      const read = `Read from ${path}, which still pushes as before.`;
      return { written: [{ path: options.config, text }], notes: [read, ...newerTags(git.tags)] };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      notes.push(...error.problems.map(({ where, message }) => `${where} was not imported: ${message}`));
    }
  }
  return { written: [], notes };
}

/** Git tags that came after the newest release and are none by the pattern. */
function newerTags(tags: readonly string[]): string[] {
  const shape = shapeOf(tags, []);
  const pattern = new RegExp(tagPattern(schemeOf(false, shape), shape), 'u');
  const newest = tags.findLastIndex((tag) => pattern.test(tag));
  const newer = newest === -1 ? [] : tags.slice(newest + 1).filter((tag) => /\d+\.\d+/.test(tag));
  if (newer.length === 0) return [];
  return [`Newer than ${tags[newest] ?? ''}, and no release by tagPattern: ${newer.slice(-5).join(', ')}`];
}

/** The template, and what it renders to, so that nothing differs from the start. */
function templateFiles(facts: ProjectFacts, base: string): NewFile[] {
  const template = { path: templatePath, text: startingTemplate(facts) };
  const rendered = renderDockerfile({
    template,
    partials: {},
    axes: { flavor: 'standard' },
    dockerfile: dockerfilePath,
    base: { image: base.replace('{{python}}', '${PYTHON}') },
  });
  return [template, { path: dockerfilePath, text: required(rendered) }];
}

async function importedConfig(source: string, file: string, git: GitFacts, project: ProjectFiles): Promise<string> {
  const remote = remoteOf(git.remote);
  const repository = remote !== null && remote.host === 'github.com' ? remote.path : null;
  const { config, head } = importWorkflow({
    source,
    file,
    repository,
    gitTags: git.tags,
    ...(git.oneCommit === undefined ? {} : { oneCommit: git.oneCommit }),
    files: await workflowTexts(source, project),
  });
  return configText(config, head);
}

/** Files that are there already, links to nothing among them; one that is no regular file, or leads out of the folder, is refused by the reading. */
async function existingOf(written: readonly NewFile[], files: ProjectFiles): Promise<NewFile[]> {
  const found = await Promise.all(
    written.map(async (file) => {
      const isLink = (await files.entry(file.path)) === 'broken link';
      return { file, isTaken: isLink || (await files.read(file.path)) !== null };
    }),
  );
  return found.filter(({ isTaken }) => isTaken).map(({ file }) => file);
}

function isThere(path: string): Problem {
  return {
    code: 'USAGE',
    where: path,
    message: 'is there already',
    fix: 'give --force to overwrite it; nothing was written',
  };
}

function notTypeScript(path: string): InputError {
  const fix = 'name a file that ends in .ts';
  return new InputError([{ code: 'USAGE', where: '--config', message: `init writes TypeScript, not ${path}`, fix }]);
}

function shown({ path, text }: NewFile): string {
  return `--- ${path}\n${text}`;
}
