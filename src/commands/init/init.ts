/** `tagwright init`: a config, a template and two workflows, or what an existing workflow says as a config. */
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import { configText } from '../../import/config-text.ts';
import { importWorkflow } from '../../import/import-workflow.ts';
import type { GitFacts, ProjectFiles } from '../../ports.ts';
import { renderDockerfile } from '../../render/dockerfile.ts';
import { required } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { projectFacts, remoteOf, type ProjectFacts } from './project-facts.ts';
import { workflowTexts } from './workflow-texts.ts';
import {
  auditWorkflow,
  dockerfilePath,
  releaseWorkflow,
  startingConfig,
  startingTemplate,
  templatePath,
} from './starting-files.ts';

export interface InitOptions {
  readonly config: string;
  readonly fromWorkflow: string | null;
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
  const git = await world.gitFacts('.');
  const { fromWorkflow } = options;
  const written =
    fromWorkflow === null
      ? await startingFiles(options, files, git)
      : [
          {
            path: options.config,
            text: await importedConfig(await world.readText(fromWorkflow), fromWorkflow, git, files),
          },
        ];
  const existing = await existingOf(written, files);
  if (existing.length > 0 && !options.force) throw new InputError(existing.map(({ path }) => isThere(path)));
  if (options.dryRun) return { stdout: written.map(shown).join('\n'), result: 'as-planned' };
  const done: string[] = [];
  for (const { path, text } of written) {
    try {
      await files.write(path, text);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const before =
        done.length === 0 ? 'nothing was written' : `${done.join(', ')} ${done.length === 1 ? 'is' : 'are'} written`;
      throw new OutsideError(
        'FILE_FAILED',
        `${path} cannot be written: ${reason}; ${before}`,
        { path },
        { cause: error },
      );
    }
    done.push(path);
  }
  const lines = written.map(
    ({ path }) => `${path} ${existing.some((file) => file.path === path) ? 'overwritten' : 'written'}`,
  );
  return { stdout: `${[...lines, '', ...nextSteps(options)].join('\n')}\n`, result: 'as-planned' };
}

async function startingFiles(options: InitOptions, files: ProjectFiles, git: GitFacts): Promise<NewFile[]> {
  const [pyproject, packageJson, dockerfile] = await Promise.all(
    ['pyproject.toml', 'package.json', 'Dockerfile'].map((path) => files.read(path)),
  );
  const facts = projectFacts(
    { pyproject: pyproject ?? null, packageJson: packageJson ?? null, hasDockerfile: typeof dockerfile === 'string' },
    git,
  );
  return [
    { path: options.config, text: startingConfig(facts, git) },
    ...(facts.hasDockerfile ? [] : templateFiles(facts)),
    { path: '.github/workflows/release-images.yml', text: releaseWorkflow(facts.repository) },
    { path: '.github/workflows/audit-images.yml', text: auditWorkflow() },
  ];
}

/** The template, and what it renders to, so that nothing differs from the start. */
function templateFiles(facts: ProjectFacts): NewFile[] {
  const template = { path: templatePath, text: startingTemplate(facts) };
  const bases = { python: 'python:${PYTHON}-slim', node: 'node:24-slim', other: 'debian:bookworm-slim' };
  const rendered = renderDockerfile({
    template,
    partials: {},
    flavor: 'standard',
    dockerfile: dockerfilePath,
    base: { image: bases[facts.kind] },
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
    files: await workflowTexts(source, project),
  });
  return configText(config, head);
}

/** Files that are there already; one that is no regular file, or leads out of the folder, is refused by the reading. */
async function existingOf(written: readonly NewFile[], files: ProjectFiles): Promise<NewFile[]> {
  const found = await Promise.all(written.map(async (file) => ({ file, text: await files.read(file.path) })));
  return found.filter(({ text }) => text !== null).map(({ file }) => file);
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

function nextSteps({ config, fromWorkflow }: InitOptions): string[] {
  const flag = config === 'matrix.config.ts' ? '' : ` --config ${config}`;
  const look = `Next: tagwright plan --offline${flag}`;
  if (fromWorkflow === null) return [`${look}, then tagwright rehearse --all${flag}`];
  return [look, `Read its comments first: they say what has no counterpart. ${fromWorkflow} still pushes as before.`];
}
