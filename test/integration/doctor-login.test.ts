/** `doctor` asks registries of their own whether they accept a login. */
import { onTestFinished, test, expect } from 'vitest';
import { startRegistry } from '../support/registry-process.ts';
import { startTokenServer } from '../support/token-server.ts';
import { runCli } from '../support/run-cli.ts';
import { smallConfig } from '../support/history.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function logins(
  host: string,
  password: string | null,
  ...flags: readonly string[]
): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly all: string }> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      repository: `${host}/acme/app`,
      source: { file: 'releases.json' },
    }),
    'releases.json': '[]',
    'docker/config.json': '{}',
  });
  const env = { HOME: folder, DOCKER_CONFIG: `${folder}/docker`, XDG_RUNTIME_DIR: folder };
  const given =
    password === null
      ? {}
      : {
          TAGWRIGHT_REGISTRY_HOST: host,
          TAGWRIGHT_REGISTRY_USERNAME: 'alice',
          TAGWRIGHT_REGISTRY_PASSWORD: password,
        };
  const run = await runCli(['doctor', '--config', `${folder}/matrix.config.json`, '--json', ...flags], {
    ...env,
    ...given,
  });
  const checks: { name: string; state: string; says: string }[] = JSON.parse(run.stdout).checks;
  const lines = checks.filter(({ name }) => name === 'login').map(({ state, says }) => `${state} ${says}`);
  return { code: run.code, lines, all: `${run.stdout}${run.stderr}` };
}

test.each(['token', 'password'])('a registry that asks for a %s', async (kind) => {
  const users = { alice: { password: 'wonder-land', actions: ['pull'] as const } };
  const tokens = await startTokenServer({ users });
  onTestFinished(() => tokens.stop());
  const registry = await startRegistry(
    kind === 'token' ? { tokenAuth: tokens.registryAuth } : { htpasswd: { alice: 'wonder-land' } },
  );
  onTestFinished(() => registry.stop());
  const { host } = registry;

  const right = await logins(host, 'wonder-land');
  expect(right.lines[0]).toBe(`ok ${host}/acme/app: the registry accepts the login`);
  const wrong = await logins(host, 'queen-of-hearts');
  expect([wrong.code, wrong.lines[0]]).toEqual([
    1,
    expect.stringMatching(/^failed .*\/acme\/app: the registry refuses the login: .*401/),
  ]);
  expect(`${right.all}${wrong.all}`).not.toMatch(/wonder-land|queen-of-hearts/);
  const none = await logins(host, null);
  expect(none.lines).toEqual([expect.stringMatching(/^warning .*: no credentials/)]);

  const before = registry.log();
  const offline = await logins(host, 'wonder-land', '--offline');
  expect(offline.lines[0]).toMatch(/^ok .*credentials found; whether .* was not asked: --offline$/);
  expect(registry.log()).toBe(before);

  await registry.stop();
  const gone = await logins(host, 'wonder-land');
  expect(gone.lines[0]).toMatch(/^warning .*: credentials found; whether the registry accepts them is not known: /);
});
