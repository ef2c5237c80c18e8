/** Commands that only read. */
import { Option, type Command } from 'commander';
import type { PlanFormat } from '../commands/plan.ts';
import {
  collect,
  common,
  only,
  rebuild,
  release,
  waitForPackage,
  withCommon,
  withRevision,
  type CommonFlags,
  type ReleaseFlags,
  type Run,
} from './flags.ts';

interface PlanFlags extends ReleaseFlags {
  readonly only: readonly string[];
  readonly offline: boolean;
  readonly format: PlanFormat;
  readonly json: boolean;
  readonly with: readonly string[];
  readonly yank: readonly string[];
  readonly diff?: string;
}

export function addPlan(program: Command, run: Run): void {
  withRevision(withCommon(program.command('plan [version]')))
    .description('the whole tag map; with VERSION what publishing it builds and moves')
    .option('--offline', 'from facts alone, without a registry', false)
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'lines', 'json', 'markdown', 'bake'])
        .default('table'),
    )
    .option('--json', 'short for --format json', false)
    .option('--with <version[@revision]>', 'as if this release were out; may be repeated', collect, [])
    .option('--yank <version>', 'as if this release were withdrawn; may be repeated', collect, [])
    .option(...only)
    .option('--diff <config>', "what this config's tags are against another config's")
    .action((version: string | undefined, flags: PlanFlags) =>
      run(async (world) => {
        const { planCommand } = await import('../commands/plan.ts');
        const { offline, yank, diff = null } = flags;
        const format = flags.json ? 'json' : flags.format;
        return planCommand(
          {
            ...release(flags),
            version: version ?? null,
            offline,
            format,
            only: flags.only,
            with: flags.with,
            yank,
            diff,
          },
          world,
        );
      }),
    );
}

export function addExplain(program: Command, run: Run): void {
  withCommon(program.command('explain <tag>'))
    .description('the rule, the candidates in order, why each lost, and what is really there')
    .option('--offline', 'without a registry: what should be, not what is', false)
    .option('--json', 'the explanation as JSON', false)
    .action((tag: string, flags: CommonFlags & { offline: boolean; json: boolean }) =>
      run(async (world) => {
        const { explainCommand } = await import('../commands/explain.ts');
        return explainCommand({ ...common(flags), tag, offline: flags.offline, json: flags.json }, world);
      }),
    );
}

interface MatrixFlags extends ReleaseFlags {
  readonly split: 'cell' | 'platform';
  readonly only: readonly string[];
  readonly runner: readonly string[];
  readonly rebuild: boolean;
  readonly waitForPackage?: number;
}

export function addMatrix(program: Command, run: Run): void {
  withRevision(withCommon(program.command('matrix <version>')))
    .description("JSON for a workflow's strategy.matrix")
    .addOption(
      new Option('--split <by>', 'one job a cell, or one for each platform of a cell')
        .choices(['cell', 'platform'])
        .default('platform'),
    )
    .option(...only)
    .option('--runner <platform=label>', 'where a platform is built; may be repeated', collect, [])
    .option(...rebuild)
    .option(...waitForPackage)
    .action((version: string, flags: MatrixFlags) =>
      run(async (world) => {
        const { matrixCommand } = await import('../commands/matrix.ts');
        const { split, only, runner, rebuild, waitForPackage: waitForPackageMs = null } = flags;
        return matrixCommand({ ...release(flags), version, split, only, runner, rebuild, waitForPackageMs }, world);
      }),
    );
}

export function addProtect(program: Command, run: Run): void {
  withCommon(program.command('protect'))
    .description('Immutability rules for the registry: pinned tags are fixed, convenience tags stay free')
    .option('--json', 'the rules as JSON', false)
    .action((flags: CommonFlags & { json: boolean }) =>
      run(async (world) => {
        const { protectCommand } = await import('../commands/protect.ts');
        return protectCommand({ ...common(flags), json: flags.json }, world);
      }),
    );
}

export function addRender(program: Command, run: Run): void {
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
