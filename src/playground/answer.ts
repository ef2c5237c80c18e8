import { chooseImage, namedRelease, projectOf, readFacts, required } from '../commands/read-project.ts';
import type { FactsWorld, Project } from '../commands/read-project.ts';
import { offlinePlan } from '../commands/offline-plan.ts';
import { readConfig } from '../config/normalize.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { showHiddenInLines } from '../domain/text.ts';
import { explainTag } from '../plan/explain.ts';
import { plansJson } from '../report/plan-json.ts';
import type { Answer, Question } from './question.ts';
import { configFileOf, releasesFile, textWorld } from './text-world.ts';
import { explanationView, planView } from './view.ts';

interface Read {
  readonly project: Project;
  readonly images: readonly string[];
}

/** Answers questions; what was read for the last one is kept for the next, which is often about the same texts. */
export function createAnswers(): (question: Question) => Promise<Answer> {
  let last: { readonly key: string; readonly read: Promise<Read> } | null = null;
  return async (question) => {
    const { config, releases, image, configFile } = question;
    const key = JSON.stringify([config, releases, image, configFile]);
    if (last?.key !== key) last = { key, read: readTexts(question) };
    try {
      return answerFrom(await last.read, question);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { kind: 'problems', problems: error.problems.map(shown) };
    }
  };
}

async function readTexts(question: Question): Promise<Read> {
  const world = textWorld(question);
  const images = await imagesOf(world);
  const image = question.image !== null && images.includes(question.image) ? question.image : (images[0] ?? null);
  const options = { config: '', releases: releasesFile, repository: [], image, at: null };
  return { project: projectOf(await readFacts(options, world)), images };
}

async function imagesOf(world: FactsWorld): Promise<readonly string[]> {
  const { raw, file } = await world.loadConfig('');
  return required(readConfig(raw, file)).images.map(({ name }) => name);
}

function answerFrom({ project, images }: Read, question: Question): Answer {
  const { release: version, tag, wantsJson } = question;
  const { image, known, tags } = project;
  const plan = offlinePlan(project, version === null ? null : namedRelease(project, version));
  return {
    kind: 'plan',
    plan: planView(plan),
    explanation: tag === null ? null : explanationView(explainTag(tag, image, known, tags)),
    json: wantsJson ? plansJson([plan]) : null,
    configFile: configFileOf(question),
    images,
    image: chooseImage(project.config, image.name).name,
    releases: known.releases.map((release) => release.version.text).toReversed(),
  };
}

/** Nothing that an eye does not see. */
function shown({ code, where, message, fix }: Problem): Problem {
  const text = { code, where: showHiddenInLines(where), message: showHiddenInLines(message) };
  return fix === undefined ? text : { ...text, fix: showHiddenInLines(fix) };
}
