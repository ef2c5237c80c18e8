/** `init`: the one command that writes files of its own accord. */
import { Option, type Command } from 'commander';
import type { Run } from './flags.ts';
import { refuseUnused, type Mode } from './unused.ts';

interface InitFlags {
  readonly config: string;
  readonly fromWorkflow?: string;
  readonly fromRegistry?: string;
  readonly repository?: string;
  readonly ci?: 'github' | 'gitlab';
  readonly fanOut: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
}

const noPipeline = 'leave it out: it writes the config alone';

function configAlone(name: string): Mode {
  return { name, unused: { '--ci': noPipeline, '--fan-out': noPipeline } };
}

const ofWorkflow: Mode = {
  name: 'init --from-workflow',
  unused: { ...configAlone('').unused, '--repository': 'leave it out: the workflow names it' },
};

export function addInit(program: Command, run: Run): void {
  program
    .command('init')
    .description('write a config, a template and two workflows, or a pipeline of GitLab, for the current repository')
    .option('--config <file>', 'the config to write', 'matrix.config.ts')
    .option('--from-workflow <file>', "a config that says what this workflow's docker/metadata-action does")
    .addOption(
      new Option(
        '--from-registry <image>',
        'a config that explains the tags of REGISTRY/IMAGE, or of a list of tags (.txt or .json)',
      ).conflicts('fromWorkflow'),
    )
    .option('--repository <ref>', 'where the image is published, as REGISTRY/IMAGE')
    .addOption(
      new Option('--ci <service>', 'whose workflows or pipeline to write (default: as the git remote says)').choices([
        'github',
        'gitlab',
      ]),
    )
    .option('--fan-out', "in GitLab's pipeline, a job for each image and platform", false)
    .option('--force', 'overwrite what is there', false)
    .option('--dry-run', 'print what would be written', false)
    .action((flags: InitFlags, command: Command) =>
      run(async (world) => {
        if (flags.fromWorkflow !== undefined) refuseUnused(command, [ofWorkflow]);
        if (flags.fromRegistry !== undefined) refuseUnused(command, [configAlone('init --from-registry')]);
        const { initCommand } = await import('../commands/init/init.ts');
        const { fromWorkflow = null, fromRegistry = null, repository = null, ci = null } = flags;
        return initCommand({ ...flags, fromWorkflow, fromRegistry, repository, ci }, world);
      }),
    );
}
