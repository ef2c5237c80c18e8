/** What is installed and set here, against what the config needs. */
import type { Config } from '../../config/types.ts';
import { assertNever } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { eventRepositories } from '../../plan/event-tags.ts';
import type { LoginAnswer, LoginFacts, Machine, Tool } from '../../ports.ts';
import type { Check } from '../../report/doctor.ts';

export interface MachineWishes {
  readonly isVariable: (name: string) => boolean;
  /** Why registries are not asked whether they accept the logins, a clause; `null`: they are. */
  readonly notAsked: string | null;
}

/** @param config `null` if there is none that can be read */
export async function machineChecks(
  config: Config | null,
  machine: Machine,
  { isVariable, notAsked }: MachineWishes,
): Promise<Check[]> {
  const insecure = notAsked === null ? (config?.insecureRegistries ?? []) : null;
  const logins = repositoriesOf(config).map(async (repository) =>
    loginChecks(repository, await machine.login(repository, insecure), notAsked),
  );
  const [docker, buildx, cache] = await Promise.all([machine.docker(), machine.buildx(), machine.cacheFault()]);
  return [
    ok('node', `${machine.node} on ${machine.platform}`),
    ...(cache === null ? [] : [warning('cache', cache, 'set XDG_CACHE_HOME to a folder that can be written to')]),
    ...tokenCheck(config, machine),
    ...(await Promise.all(logins)).flat(),
    toolCheck('docker', docker, 'install and start Docker; plan, audit, apply and rollback work without it'),
    toolCheck('buildx', buildx, 'install the docker-buildx plugin; build and publish need it'),
    ...(docker.kind === 'found' && buildx.kind === 'found' ? [await builderCheck(config, machine)] : []),
    ...machine.variables.map((name) =>
      isVariable(name)
        ? ok('variable', `${name} is set`)
        : warning('variable', `${name} is set, and no flag has this variable`, 'see tagwright --help for the names'),
    ),
  ];
}

function tokenCheck(config: Config | null, machine: Machine): Check[] {
  const source = config?.source;
  if (source === undefined || source.github === null) return [];
  const missing = machine.missingToken(source.githubUrl);
  if (missing === null) return [ok('token', `there is one for GitHub, for ${source.github}`)];
  return [
    warning(
      'token',
      missing,
      'set GITHUB_TOKEN; without it GitHub allows 60 requests an hour, and no private repository',
    ),
  ];
}

/** One for each registry: a login is for a host. */
function repositoriesOf(config: Config | null): readonly Repository[] {
  const all = (config?.images ?? []).flatMap((image) => [...image.repositories, ...eventRepositories(image)]);
  return [...new Map(all.map((repository) => [repository.registry, repository])).values()];
}

function loginChecks({ registry, path }: Repository, found: LoginFacts, notAsked: string | null): Check[] {
  const name = formatRepository({ registry, path });
  if (found.kind === 'failed') return [failed('login', `${name}: ${found.because}`, null)];
  if (found.kind === 'none') {
    const says = `${name}: no credentials, so it is read anonymously, and written to only if it asks for no login`;
    return [warning('login', says, found.advice)];
  }
  const { isOurs, answer, advice } = found;
  const ours = `${name}: credentials found in TAGWRIGHT_REGISTRY_… alone, which Docker does not read: a build cannot push`;
  return [
    acceptance(`${name}: `, answer, advice, notAsked),
    ...(isOurs ? [warning('login', ours, `docker login ${registry}; what builds nothing works without it`)] : []),
  ];
}

function acceptance(of: string, answer: LoginAnswer | null, advice: string, notAsked: string | null): Check {
  switch (answer?.kind) {
    case undefined:
      return ok('login', `${of}credentials found; whether the registry accepts them was not asked: ${notAsked ?? ''}`);
    case 'accepted':
      return ok('login', `${of}the registry accepts the login`);
    case 'open':
      return ok(
        'login',
        `${of}credentials found; the registry answers without a login, so it does not say whether it accepts them`,
      );
    case 'refused':
      return failed('login', `${of}the registry refuses the login: ${answer.because}`, advice);
    case 'unanswered': {
      const says = `${of}credentials found; whether the registry accepts them is not known: ${answer.because}`;
      return warning('login', says, 'check the name of the registry and the network; --offline does not ask');
    }
    default:
      return assertNever(answer);
  }
}

function toolCheck(name: string, tool: Tool, fix: string): Check {
  return tool.kind === 'found' ? ok(name, tool.version) : warning(name, tool.because, fix);
}

async function builderCheck(config: Config | null, machine: Machine): Promise<Check> {
  const builder = await machine.builder(config?.images[0] === undefined ? null : (config.build.builder ?? null));
  if (builder.kind === 'missing') return warning('builder', builder.because, 'docker buildx create --use');
  const wanted = new Set((config?.images ?? []).flatMap(({ platforms }) => platforms.map(({ platform }) => platform)));
  const missing = [...wanted].filter((platform) => !builder.platforms.includes(platform));
  const says = `${builder.name} (${builder.driver}): ${builder.platforms.join(', ')}`;
  if (missing.length > 0) {
    const fix =
      'docker run --privileged --rm tonistiigi/binfmt --install all, or build each platform on its own runner';
    return warning('builder', `${says}; the config also builds ${missing.join(', ')}`, fix);
  }
  if (!builder.isMultiPlatform && wanted.size > 1) {
    const fix = 'docker buildx create --use --driver docker-container';
    return warning(
      'builder',
      `${says}; without the containerd image store this driver builds one platform at a time`,
      fix,
    );
  }
  return ok('builder', says);
}

function ok(name: string, says: string): Check {
  return { name, state: 'ok', says, fix: null };
}

function failed(name: string, says: string, fix: string | null): Check {
  return { name, state: 'failed', says, fix };
}

function warning(name: string, says: string, fix: string): Check {
  return { name, state: 'warning', says, fix };
}
