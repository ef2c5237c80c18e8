/** The page: its fields are the question, and what the planner answers is drawn. */
import { addressOf, sharedOf, type Choice, type Shared } from '../src/playground/address.ts';
import type { Answer, Question } from '../src/playground/question.ts';
import { find, make } from './dom.ts';
import { drawExplanation, drawNotice, drawTables, firstRows } from './draw.ts';
import { createPlanner, type Outcome } from './planner.ts';

/** What the build puts into the page for each example. */
interface Example {
  readonly name: string;
  readonly title: string;
  readonly config: string;
  readonly releases: string;
}

type Plan = Extract<Answer, { readonly kind: 'plan' }>;

/** Planning ten thousand releases takes one. */
const limitMs = 5000;
/** Nobody's finger rests as long. */
const typingMs = 250;
/** Of a document, for a look; the whole is downloaded. */
const shownLetters = 100_000;

const fields = {
  example: find('example', HTMLSelectElement),
  config: find('config', HTMLTextAreaElement),
  releases: find('releases', HTMLTextAreaElement),
  image: find('image', HTMLSelectElement),
  release: find('release', HTMLSelectElement),
  filter: find('filter', HTMLInputElement),
};
const places = {
  result: find('result', HTMLElement),
  status: find('status', HTMLElement),
  problems: find('problems', HTMLElement),
  planned: find('planned', HTMLElement),
  imageField: find('image-field', HTMLElement),
  notes: find('notes', HTMLElement),
  explained: find('explained', HTMLElement),
  tables: find('tables', HTMLElement),
  document: find('document', HTMLDetailsElement),
  command: find('command', HTMLElement),
  json: find('json', HTMLElement),
};

const examples: readonly Example[] = JSON.parse(textOf('examples'));
const planner = createPlanner(textOf('planner'), limitMs);
const state: { choice: Choice; answer: Plan | null; shown: number } = {
  choice: { image: null, release: null, tag: null },
  answer: null,
  shown: firstRows,
};

function textOf(id: string): string {
  return find(id, HTMLScriptElement).textContent;
}

/** The example whose texts are in the fields, unchanged. */
function ownExample(): Example | undefined {
  return examples.find(({ config, releases }) => config === fields.config.value && releases === fields.releases.value);
}

function question(wantsJson: boolean): Question {
  return { config: fields.config.value, releases: fields.releases.value, ...state.choice, wantsJson };
}

async function update(): Promise<void> {
  fields.example.value = ownExample()?.name ?? '';
  places.result.setAttribute('aria-busy', 'true');
  const beganMs = performance.now();
  const outcome = await planner.ask(question(places.document.open));
  if (outcome.kind === 'replaced') return;
  places.result.setAttribute('aria-busy', 'false');
  if (outcome.kind === 'plan') showPlan(outcome, performance.now() - beganMs);
  else showFailure(outcome);
  await writeAddress();
}

function showPlan(answer: Plan, tookMs: number): void {
  state.answer = answer;
  places.planned.hidden = false;
  places.problems.replaceChildren();
  const { plan } = answer;
  const of = plan.release === null ? plan.repository : `${plan.repository} ${plan.release}`;
  places.status.textContent = `${of}: ${plan.summary}. Planned in ${tookMs < 1000 ? `${Math.ceil(tookMs)} ms` : `${(tookMs / 1000).toFixed(1)} s`}.`;
  places.imageField.hidden = answer.images.length < 2;
  choose(fields.image, answer.images, answer.image);
  const releases = answer.releases.map((release) => [release, `what publishing ${release} does`] as const);
  choose(fields.release, [['', 'the tags of all releases'], ...releases], plan.release ?? '');
  const notes = plan.notes.map((note) => make('p', { class: 'dim' }, note));
  places.notes.replaceChildren(...plan.warnings.map((warning) => drawNotice('warning', warning)), ...notes);
  drawRows();
  showDocument(answer);
}

function choose(
  select: HTMLSelectElement,
  options: readonly (string | readonly [value: string, text: string])[],
  chosen: string,
): void {
  const made = options.map((option) => {
    const [value, text] = typeof option === 'string' ? [option, option] : option;
    return make('option', { value }, text);
  });
  select.replaceChildren(...made);
  select.value = chosen;
}

function drawRows(): void {
  const { answer, shown } = state;
  if (answer === null) return;
  const { plan: view, explanation } = answer;
  const words = fields.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const { tables, isExplained } = drawTables({ view, explanation, words, shown, onTag: chooseTag, onMore });
  places.tables.replaceChildren(...tables);
  places.explained.replaceChildren(...(explanation === null || isExplained ? [] : [drawExplanation(explanation)]));
  offerUnplanned(words);
}

/** A tag that no row has can be explained too: why it is not in the plan. */
function offerUnplanned(words: readonly string[]): void {
  const { answer } = state;
  const [tag] = words;
  if (answer === null || tag === undefined || words.length > 1) return;
  const written = fields.filter.value.trim();
  if (answer.plan.tags.some((row) => row.tag === written)) return;
  const button = make('button', { type: 'button', onclick: () => chooseTag(written) }, `Why is ${written} not a tag?`);
  places.tables.append(make('p', { class: 'more' }, button));
}

function chooseTag(tag: string): void {
  state.choice = { ...state.choice, tag: state.choice.tag === tag ? null : tag };
  void update().then(() => {
    const row = places.tables.querySelector<HTMLElement>(`[data-tag="${CSS.escape(tag)}"]`);
    const target = row ?? places.explained.querySelector<HTMLElement>('.explanation');
    target?.focus();
    (target?.closest('tr')?.nextElementSibling ?? target)?.scrollIntoView({ block: 'nearest' });
  });
}

function onMore(shown: number): void {
  const before = places.tables.querySelectorAll('.tag').length;
  state.shown = shown;
  drawRows();
  places.tables.querySelectorAll<HTMLElement>('.tag')[before]?.focus();
}

function showFailure(outcome: Failure): void {
  state.answer = null;
  places.planned.hidden = true;
  const { status, notices } = failureText(outcome);
  places.status.textContent = status;
  places.problems.replaceChildren(...notices.map((notice) => drawNotice('problem', notice)));
}

type Failure = Exclude<Outcome, { readonly kind: 'plan' | 'replaced' }>;

interface FailureText {
  readonly status: string;
  readonly notices: readonly Parameters<typeof drawNotice>[1][];
}

function failureText(outcome: Failure): FailureText {
  if (outcome.kind === 'problems') {
    const { length } = outcome.problems;
    return { status: length === 1 ? 'One thing is wrong:' : `${length} things are wrong:`, notices: outcome.problems };
  }
  if (outcome.kind === 'stopped') {
    const message = `planning was stopped after ${outcome.limitMs / 1000} seconds`;
    const fix = 'write fewer releases or values of axes; `tagwright plan` on your machine has no such limit';
    return { status: 'This takes too long.', notices: [{ code: 'STOPPED', message, fix }] };
  }
  if (outcome.kind === 'crashed') {
    const message = `planning ended without an answer${outcome.message === '' ? '' : `: ${outcome.message}`}`;
    const fix = 'it may have needed more memory than the browser gives: write fewer releases or values of axes';
    return { status: 'No answer.', notices: [{ code: 'STOPPED', message, fix }] };
  }
  const fix = 'report it at https://github.com/tagwright/tagwright/issues/new, with a link to this page';
  return { status: 'This is a bug in tagwright.', notices: [{ code: 'BUG', message: outcome.message, fix }] };
}

function showDocument({ json, configFile, plan, images, image }: Plan): void {
  const flags = images.length > 1 ? ` --image ${image}` : '';
  const version = plan.release === null ? '' : ` ${plan.release}`;
  places.command.textContent = `tagwright plan${version} --offline --json --config ${configFile} --releases releases.json${flags}`;
  const text = json ?? '';
  const isCut = text.length > shownLetters;
  places.json.textContent = isCut ? `${text.slice(0, shownLetters)}\n… the download has all of it` : text;
}

/** The address always leads back to what is seen. */
async function writeAddress(): Promise<void> {
  const address = await addressOf(shared());
  if (`#${address}` !== location.hash) history.replaceState(null, '', `#${address}`);
}

function shared(): Shared {
  const example = ownExample();
  return example === undefined
    ? { kind: 'texts', config: fields.config.value, releases: fields.releases.value, ...state.choice }
    : { kind: 'example', name: example.name, ...state.choice };
}

async function readAddress(): Promise<void> {
  const read = await sharedOf(
    location.hash,
    examples.map(({ name }) => name),
  );
  const [first] = examples;
  if (first === undefined) throw new Error('the page has no examples');
  if (!read.ok) {
    fill(first, noChoice);
    await update();
    places.problems.replaceChildren(...read.problems.map((problem) => drawNotice('problem', problem)));
    // On a narrow screen it stands below the fields.
    places.problems.scrollIntoView({ block: 'nearest' });
    return;
  }
  const value: Shared = read.value ?? { kind: 'example', name: first.name, ...noChoice };
  const { image, release, tag } = value;
  if (value.kind === 'texts') fill(value, { image, release, tag });
  else fill(examples.find(({ name }) => name === value.name) ?? first, { image, release, tag });
  await update();
}

const noChoice: Choice = { image: null, release: null, tag: null };

function fill(texts: { readonly config: string; readonly releases: string }, choice: Choice): void {
  fields.config.value = texts.config;
  fields.releases.value = texts.releases;
  fields.filter.value = '';
  state.choice = choice;
  state.shown = firstRows;
}

/** What was typed is planned once the fingers rest. */
function listen(): void {
  let typing: ReturnType<typeof setTimeout> | undefined;
  const later = (work: () => void): void => {
    clearTimeout(typing);
    typing = setTimeout(work, typingMs);
  };
  for (const field of [fields.config, fields.releases])
    field.addEventListener('input', () => later(() => void update()));
  fields.filter.addEventListener('input', () => {
    state.shown = firstRows;
    later(drawRows);
  });
  fields.example.addEventListener('change', () => {
    const example = examples.find(({ name }) => name === fields.example.value);
    if (example !== undefined) fill(example, noChoice);
    void update();
  });
  fields.image.addEventListener('change', () => {
    state.choice = { ...noChoice, image: fields.image.value };
    void update();
  });
  fields.release.addEventListener('change', () => {
    state.choice = { ...state.choice, release: fields.release.value === '' ? null : fields.release.value };
    state.shown = firstRows;
    void update();
  });
  places.document.addEventListener('toggle', () => {
    if (places.document.open && state.answer?.json === null) void update();
  });
  addEventListener('hashchange', () => void readAddress());
}

function listenToButtons(): void {
  onClick('copy-link', () => {
    const { length } = location.href;
    const advice = length > 8000 ? ` It has ${length.toLocaleString('en')} letters, which some programs cut.` : '';
    copy(location.href, find('copied', HTMLElement), `Copied.${advice}`);
  });
  onClick('copy-json', () => copy(state.answer?.json ?? '', find('copied-json', HTMLElement), 'Copied.'));
  onClick('save', () => {
    const url = URL.createObjectURL(new Blob([state.answer?.json ?? ''], { type: 'application/json' }));
    make('a', { href: url, download: 'plan.json' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  const themes = ['auto', 'light', 'dark'];
  onClick('theme', () => {
    const { dataset } = document.documentElement;
    const next = themes[(themes.indexOf(dataset['theme'] ?? 'auto') + 1) % themes.length] ?? 'auto';
    dataset['theme'] = next;
    find('theme-name', HTMLElement).textContent = next;
  });
}

function onClick(id: string, work: () => void): void {
  find(id, HTMLButtonElement).addEventListener('click', work);
}

function copy(text: string, said: HTMLElement, done: string): void {
  navigator.clipboard.writeText(text).then(
    () => (said.textContent = done),
    () => (said.textContent = 'The browser did not allow it: copy it by hand.'),
  );
}

choose(fields.example, [['', 'your own'], ...examples.map(({ name, title }) => [name, title] as const)], '');
listen();
listenToButtons();
void readAddress();
