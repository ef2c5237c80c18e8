/** `doctor` and `version`: what is around a command. */
import type { Command } from 'commander';
import { common, withCommon, type CommonFlags, type Run } from './flags.ts';
import { variableOf } from './variables.ts';

/** Variables that are no flag's. */
const ownVariables = [
  'TAGWRIGHT_DEBUG',
  'TAGWRIGHT_REGISTRY_HOST',
  'TAGWRIGHT_REGISTRY_USERNAME',
  'TAGWRIGHT_REGISTRY_PASSWORD',
];

export function addDoctor(program: Command, run: Run): void {
  withCommon(program.command('doctor'))
    .description('check config, releases, workflows, logins, Docker and the builder, and say what to fix')
    .option('--json', 'print the checks as JSON', false)
    .option('--offline', 'do not ask registries whether they accept the logins', false)
    .action((flags: CommonFlags & { readonly json: boolean; readonly offline: boolean }) =>
      run(async (world) => {
        const { doctorCommand } = await import('../commands/doctor/doctor.ts');
        const options = [program, ...program.commands].flatMap((command) => command.options);
        const variables = new Set([...options.map(variableOf), ...ownVariables]);
        const { json, offline } = flags;
        const isVariable = (name: string): boolean => variables.has(name);
        return doctorCommand({ ...common(flags), json, offline, isVariable }, world);
      }),
    );
}

export function addVersion(program: Command, run: Run, version: string): void {
  program
    .command('version')
    .description('print the versions of tagwright, Node, Docker and buildx')
    .option('--json', 'print them as JSON', false)
    .action(({ json }: { readonly json: boolean }) =>
      run(async (world) => {
        const { versionCommand } = await import('../commands/version.ts');
        return versionCommand({ version, json }, world);
      }),
    );
}
