/** What the page does: search, filters, copy, themes, walking through owners. Without it everything is still there. */
export const pageScript = `
'use strict';
const $ = (selector, root) => [...(root || document).querySelectorAll(selector)];
/* One repository: its search, its filters, its owners. */
function start(root) {
  const search = root.querySelector('.q');
  const found = root.querySelector('.found');
  const chips = $('.chip', root);
  const items = $('[data-find]', root).map((node) => ({ node, text: node.dataset.find }));
  const findings = root.querySelector('.findings');

  function kinds() {
    return new Set(chips.filter((chip) => chip.getAttribute('aria-pressed') === 'true').map((chip) => chip.dataset.kind));
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const chosen = kinds();
    let shown = 0;
    for (const { node, text } of items) {
      const isHit = words.every((word) => text.includes(word));
      node.hidden = !isHit;
      if (isHit && words.length > 0) shown += 1;
    }
    for (const group of $('.group, .quiet', findings)) {
      const isChosen = chosen.size === 0 || chosen.has(group.dataset.kind);
      const left = $('[data-find]', group).filter((node) => !node.hidden).length;
      group.hidden = !isChosen || left === 0;
      if (group.matches('.quiet') && (words.length > 0 || chosen.has(group.dataset.kind))) group.open = !group.hidden;
    }
    for (const body of $('.grid tbody', root)) body.hidden = $('tr', body).every((row) => row.hidden);
    for (const rule of $('.rule', root)) {
      const left = $('.lane', rule).filter((lane) => !lane.hidden).length;
      rule.hidden = left === 0;
      if (words.length > 0 && left > 0) rule.open = true;
    }
    found.textContent = words.length === 0 ? '' : shown === 0 ? 'Nothing found.' : shown + ' found.';
  }

  let waiting = 0;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      filter();
    });
  }

  const data = JSON.parse(root.querySelector('.lanes-data').textContent);
  const saidOwner = root.querySelector('.said');
  const at = new Map();
  function show(track, step) {
    const lane = data.lanes[track.dataset.lane];
    const index = Math.max(0, Math.min(lane.length - 1, step));
    if (lane.length === 0) return;
    at.set(track, index);
    const [version, moment] = lane[index];
    const [day, x] = data.moments[moment];
    const next = lane[index + 1];
    const until = next === undefined ? (version < 0 ? 'to this day' : 'owner to this day') : 'until ' + data.moments[next[1]][0];
    const owner = version < 0 ? 'nobody' : data.versions[version];
    const tag = track.parentElement.querySelector('code').textContent;
    saidOwner.textContent = tag + ': ' + owner + ' from ' + day + ', ' + until + ' (' + (index + 1) + ' of ' + lane.length + ')';
    track.querySelector('.cursor').setAttribute('d', 'M' + x + ' 0V20');
  }
  for (const track of $('.track', root)) {
    const lane = data.lanes[track.dataset.lane];
    track.addEventListener('keydown', (event) => {
      const now = at.has(track) ? at.get(track) : lane.length;
      const step = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: lane.length - 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      show(track, step);
    });
    track.addEventListener('focus', () => show(track, at.has(track) ? at.get(track) : lane.length - 1));
    track.addEventListener('pointermove', (event) => {
      const box = track.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * 1000;
      let nearest = 0;
      const far = (index) => Math.abs(data.moments[lane[index][1]][1] - x);
      lane.forEach((take, index) => {
        if (far(index) < far(nearest)) nearest = index;
      });
      show(track, nearest);
    });
  }

  return {
    root,
    search,
    clear() {
      search.value = '';
      filter();
    },
    clearAll() {
      for (const chip of chips) chip.setAttribute('aria-pressed', 'false');
      this.clear();
    },
  };
}
const pages = $('.page').map(start);

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    pages.find(({ root }) => root.getBoundingClientRect().bottom > innerHeight / 2)?.search.focus();
  } else if (event.key === 'Escape' && isTyping) {
    pages.find(({ search }) => search === event.target).clear();
  }
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('.copy');
  if (!button) return;
  const text = button.parentElement.querySelector('code').textContent;
  const said = (word) => {
    button.firstChild.textContent = word;
    setTimeout(() => { button.firstChild.textContent = 'Copy'; }, 1500);
  };
  navigator.clipboard.writeText(text).then(() => said('Copied'), () => said('Select it by hand'));
});

/* Of very many findings the later ones get their text when they are opened. */
const late = new Map();
function fill(finding) {
  const data = finding.closest('.page').querySelector('.late-data');
  if (!late.has(data)) late.set(data, JSON.parse(data.textContent));
  const { because, facts } = late.get(data)[finding.dataset.late];
  const make = (tag, text, parent, name) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const more = make('div', '', finding, 'more');
  make('p', because + '.', more);
  const list = make('dl', '', more);
  for (const fact of facts) {
    make('dt', fact.name, list);
    const value = make('dd', fact.text, list, fact.isCommand ? 'fix' : '');
    if (fact.code) make('code', fact.code, value);
  }
}
document.addEventListener('toggle', (event) => {
  const finding = event.target;
  if (finding.open && finding.dataset.late && !finding.querySelector('.more')) fill(finding);
}, true);

function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) {
    if (node.hidden) pages.find(({ root }) => root.contains(node)).clearAll();
    if (node.tagName === 'DETAILS') node.open = true;
  }
  target.scrollIntoView({ block: 'center' });
  const summary = target.querySelector('summary');
  if (summary) summary.focus({ preventScroll: true });
}
addEventListener('hashchange', reveal);
reveal();

const theme = document.getElementById('theme');
const themes = ['auto', 'light', 'dark'];
theme.addEventListener('click', () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme || 'auto') + 1) % themes.length];
  document.documentElement.dataset.theme = next;
  theme.lastElementChild.textContent = next;
});
`;
