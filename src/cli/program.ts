/** The command line: flags to options, nothing decided. Commands are loaded when they are called. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Outcome, World } from '../commands/world.ts';
import type { CommonOptions } from '../commands/options.ts';

/** Runs one command and hands its outcome on. */
export type Run = (command: (world: World) => Promise<Outcome>) => Promise<void>;

export function createProgram(version: string, run: Run): Command {
  const program = new Command('tagwright')
    .description('Plans, builds, publishes and audits the complete tag set of an image that is released in a matrix.')
    .version(version)
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: 80, sortSubcommands: false })
    .addHelpText('after', exitCodeHelp);
  addPlan(program, run);
  addRender(program, run);
  addPublish(program, run);
  addApply(program, run);
  addRollback(program, run);
  return program;
}

const exitCodeHelp = `
Exit codes: 0 as planned, 1 findings, 2 bad input, 3 the outside failed,
70 a bug of tagwright. Results go to stdout, everything else to stderr.`;

interface CommonFlags {
  readonly config: string;
  readonly releases?: string;
  readonly repository: readonly string[];
  readonly image?: string;
  readonly at?: string;
}

/** Every command that reads facts has these. */
function withCommon(command: Command): Command {
  return withImage(command)
    .option('--releases <file>', "release facts from a JSON file, in place of the config's sources")
    .option('--at <version|instant>', 'leave out what came out later (a bare date is its end, UTC)');
}

function withImage(command: Command): Command {
  return command
    .option('--config <file>', 'the config', 'matrix.config.ts')
    .option(
      '--repository <ref>',
      "publish to and read from here, in place of the image's repositories; may be repeated",
      collect,
      [],
    )
    .option('--image <name>', 'which image of the config');
}

function common(flags: CommonFlags): CommonOptions {
  return {
    config: flags.config,
    releases: flags.releases ?? null,
    repository: flags.repository,
    image: flags.image ?? null,
    at: flags.at ?? null,
  };
}

function addPlan(program: Command, run: Run): void {
  const command = withCommon(program.command('plan [version]'))
    .description('the whole tag map; with VERSION what publishing it builds and moves')
    .option('--offline', 'from facts alone, without a registry', false)
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'json', 'markdown', 'bake'])
        .default('table'),
    )
    .option('--json', 'short for --format json', false);
  command.action(
    (
      version: string | undefined,
      flags: CommonFlags & { offline: boolean; format: 'table' | 'json' | 'markdown' | 'bake'; json: boolean },
    ) =>
      run(async (world) => {
        const { planCommand } = await import('../commands/plan.ts');
        const format = flags.json ? 'json' : flags.format;
        return planCommand({ ...common(flags), version: version ?? null, offline: flags.offline, format }, world);
      }),
  );
}

function addRender(program: Command, run: Run): void {
  withCommon(program.command('render'))
    .description('Dockerfiles from their templates')
    .option('--check', 'write nothing; fail where a file differs from what its template renders to', false)
    .action((flags: CommonFlags & { check: boolean }) =>
      run(async (world) => {
        const { renderCommand } = await import('../commands/render.ts');
        return renderCommand({ ...common(flags), check: flags.check }, world);
      }),
    );
}

interface WritingFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly settle: number;
}

function withWriting(command: Command): Command {
  return command
    .option('--dry-run', 'everything but the last step: nothing is written', false)
    .option('--json', 'the report as JSON', false)
    .option('--journal <dir>', 'where journals are kept', '.tagwright')
    .option('--settle <seconds>', "how long a registry may answer with yesterday's news", seconds, 60);
}

function writing(flags: WritingFlags): { dryRun: boolean; json: boolean; journal: string; settleMs: number } {
  return { dryRun: flags.dryRun, json: flags.json, journal: flags.journal, settleMs: flags.settle * 1000 };
}

function addPublish(program: Command, run: Run): void {
  withWriting(withCommon(program.command('publish <version>')))
    .description('build what is absent, verify it, move the convenience tags')
    .addOption(new Option('--builder <name>', 'what builds').choices(['buildx', 'stand-in']).default('buildx'))
    .option('--adopt', 'take over images that have no labels', false)
    .option('--replace-partial', 'push again what an interrupted push left behind', false)
    .option('--allow-backward', 'let a convenience tag move to a lower release', false)
    .action(
      (
        version: string,
        flags: WritingFlags & {
          builder: 'buildx' | 'stand-in';
          adopt: boolean;
          replacePartial: boolean;
          allowBackward: boolean;
        },
      ) =>
        run(async (world) => {
          const { publishCommand } = await import('../commands/publish/publish.ts');
          const { builder, adopt, replacePartial, allowBackward } = flags;
          return publishCommand(
            { ...common(flags), ...writing(flags), version, builder, adopt, replacePartial, allowBackward },
            world,
          );
        }),
    );
}

function addApply(program: Command, run: Run): void {
  withWriting(withCommon(program.command('apply [plan]')))
    .description('only the moves: repair what an audit found, carry out a yank')
    .option('--allow-backward', 'let a convenience tag move to a lower release', false)
    .action((plan: string | undefined, flags: WritingFlags & { allowBackward: boolean }) =>
      run(async (world) => {
        const { applyCommand } = await import('../commands/apply.ts');
        return applyCommand(
          { ...common(flags), ...writing(flags), plan: plan ?? null, allowBackward: flags.allowBackward },
          world,
        );
      }),
    );
}

function addRollback(program: Command, run: Run): void {
  withWriting(withCommon(program.command('rollback <file>')))
    .description('give the convenience tags of one publish their recorded digests back')
    .option('--only <tag>', 'only this tag; may be repeated', collect, [])
    .action((file: string, flags: WritingFlags & { only: readonly string[] }) =>
      run(async (world) => {
        const { rollbackCommand } = await import('../commands/rollback.ts');
        return rollbackCommand({ ...common(flags), ...writing(flags), file, only: flags.only }, world);
      }),
    );
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError('expected seconds');
  return number;
}
