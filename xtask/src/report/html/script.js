'use strict';
(() => {
  const root = document.documentElement;
  root.dataset.js = 'on';
  const make = (tag, properties, ...inner) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...inner);
    return node;
  };

  // Light and dark: what the system says, until somebody says otherwise.
  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  const label = () => { button.textContent = isDark() ? 'Light theme' : 'Dark theme'; };
  const wanted = /(?:^#|&)theme=(light|dark)$/.exec(location.hash);
  if (wanted) root.dataset.theme = wanted[1];
  button.hidden = false;
  button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; label(); });
  system.addEventListener('change', label);
  label();

  // Tables: sorted by their heads, filtered by words.
  const units = { ns: 1, 'µs': 1e3, ms: 1e6, s: 1e9 };
  const value = (row, at) => {
    const cell = row.cells[at];
    if (cell.dataset.v !== undefined && cell.dataset.v !== '') return Number(cell.dataset.v);
    const text = cell.textContent.trim();
    const number = /^[-+]?[\d,]+(?:\.\d+)?/.exec(text);
    if (!number) return text;
    const unit = units[text.slice(number[0].length).trim().split(' ')[0]] || 1;
    return Number(number[0].replace(/,/g, '')) * unit;
  };
  const compare = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const sort = (table, head) => {
    const direction = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', direction);
    const sign = direction === 'ascending' ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, index) => ({ row, index, key: value(row, head.cellIndex) }));
    rows.sort((a, b) => sign * compare(a.key, b.key) || a.index - b.index);
    body.append(...rows.map((one) => one.row));
  };
  for (const table of document.querySelectorAll('table')) {
    const rows = table.tBodies[0].rows;
    if (rows.length < 2) continue;
    for (const head of table.tHead.rows[0].cells) {
      if (!head.textContent) continue;
      const inner = make('button', { type: 'button', textContent: head.textContent });
      inner.addEventListener('click', () => sort(table, head));
      head.replaceChildren(inner);
    }
    if (rows.length < 12) continue;
    const input = make('input', { type: 'search', autocomplete: 'off', spellcheck: false });
    const count = make('span', { role: 'status' });
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = words.length ? `${shown} of ${rows.length} rows` : '';
    });
    table.parentElement.before(make('div', { className: 'tools' }, make('label', {}, 'Filter rows', input), count));
  }

  // Maps: one view at a time, and a crate of it over the whole room.
  const svgNamed = (tag, attributes, text) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, one] of Object.entries(attributes)) node.setAttribute(name, one);
    if (text) node.textContent = text;
    return node;
  };
  const worst = (row, sum, side) => Math.max(side * side * row[0].area / (sum * sum), sum * sum / (side * side * row[row.length - 1].area));
  const squarify = (items, room) => {
    let rest = items;
    while (rest.length) {
      const side = Math.min(room.width, room.height);
      let count = 1;
      let sum = rest[0].area;
      while (count < rest.length && worst(rest.slice(0, count + 1), sum + rest[count].area, side) <= worst(rest.slice(0, count), sum, side)) sum += rest[count++].area;
      const thick = sum / side;
      const column = room.width >= room.height;
      let at = 0;
      for (const item of rest.slice(0, count)) {
        const length = item.area / thick;
        Object.assign(item, column ? { x: room.x, y: room.y + at, width: thick, height: length } : { x: room.x + at, y: room.y, width: length, height: thick });
        at += length;
      }
      room = column ? { ...room, x: room.x + thick, width: room.width - thick } : { ...room, y: room.y + thick, height: room.height - thick };
      rest = rest.slice(count);
    }
  };
  const ending = (name, room) => {
    for (let rest = name; ; ) {
      if (rest.length <= room) return rest;
      let depth = 0;
      let next = 0;
      for (let at = 0; at < rest.length && !next; at++) {
        if (rest[at] === '<') depth++;
        else if (rest[at] === '>') depth--;
        else if (depth === 0 && rest.startsWith('::', at)) next = at + 2;
      }
      if (!next || next >= rest.length) return cut(rest, room);
      rest = rest.slice(next);
    }
  };
  const cut = (text, room) => text.length <= room ? text : `${text.slice(0, Math.ceil((room - 1) / 2))}…${text.slice(text.length - Math.floor((room - 1) / 2))}`;
  const signs = { grew: '▲ ', shrank: '▼ ', new: '+ ', gone: '− ' };
  const zoomed = (crate) => {
    const head = 24;
    const all = [...crate.querySelectorAll('.leaf')].map((leaf) => ({ leaf, bytes: Number(leaf.dataset.b), title: leaf.querySelector('title').textContent }));
    const total = all.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of all) one.area = one.bytes * 1200 * (640 - head) / total;
    squarify(all, { x: 0, y: head, width: 1200, height: 640 - head });
    const group = svgNamed('g', { class: `${crate.getAttribute('class')} zoom` });
    group.append(svgNamed('rect', { width: 1200, height: 640 }), svgNamed('text', { x: 8, y: 16 }, `${crate.dataset.n}  ${total.toLocaleString('en')} bytes`));
    for (const one of all) {
      const node = svgNamed('g', { class: one.leaf.getAttribute('class') });
      const inset = { x: one.x + 1, y: one.y + 1, width: Math.max(0, one.width - 2), height: Math.max(0, one.height - 2) };
      node.append(svgNamed('title', {}, one.title), svgNamed('rect', inset));
      const sign = signs[node.getAttribute('class').split(' ')[1]] || '';
      const room = Math.floor((one.width - 10) / (sign ? 7.6 : 6.4)) - sign.length;
      if (one.height >= 15 && room >= 3) {
        const name = one.title.slice(0, one.title.lastIndexOf(': '));
        const own = name.startsWith(`${crate.dataset.n}::`) ? name.slice(crate.dataset.n.length + 2) : name;
        const clip = svgNamed('svg', { ...inset, 'aria-hidden': 'true' });
        clip.append(svgNamed('text', { x: 5, y: 13 }, sign + ending(own, room)));
        const delta = /\(([-+][\d,]+)\)$/.exec(one.title);
        if (one.height >= 30) clip.append(svgNamed('text', { x: 5, y: 26 }, delta ? delta[1] : one.bytes.toLocaleString('en')));
        node.append(clip);
      }
      group.append(node);
    }
    return group;
  };
  document.querySelectorAll('.map').forEach((map, number) => {
    const views = [...map.querySelectorAll('details')];
    const tools = make('div', { className: 'tools' });
    const select = make('select', {}, make('option', { value: '', textContent: 'the whole file' }));
    const said = make('span', { role: 'status' });
    const current = () => views.find((view) => view.open) || views[0];
    const crates = () => [...current().querySelectorAll('.crate:not(.zoom)')];
    const show = (name) => {
      const svg = current().querySelector('svg');
      svg.querySelectorAll('.zoom').forEach((node) => node.remove());
      const crate = crates().find((one) => one.dataset.n === name);
      for (const node of svg.children) if (node.tagName === 'g') node.style.display = crate ? 'none' : '';
      svg.classList.toggle('zoomed', Boolean(crate));
      if (crate) svg.append(zoomed(crate));
      select.value = crate ? name : '';
      said.textContent = crate ? `${name} alone` : '';
    };
    const fill = () => {
      const names = crates().map((one) => one.dataset.n);
      select.replaceChildren(select.options[0], ...names.map((name) => make('option', { value: name, textContent: name })));
      show('');
    };
    if (views.length > 1) {
      for (const view of views) {
        const radio = make('input', { type: 'radio', name: `view-${number}`, checked: view.open });
        radio.addEventListener('change', () => { for (const other of views) other.open = other.hidden = false, other.hidden = other !== view; view.open = true; fill(); });
        view.hidden = !view.open;
        view.querySelector('summary').hidden = true;
        tools.append(make('label', {}, radio, view.dataset.view));
      }
    }
    select.addEventListener('change', () => show(select.value));
    for (const view of views) {
      const svg = view.querySelector('svg');
      svg.addEventListener('click', (event) => show(svg.classList.contains('zoomed') ? '' : event.target.closest('.crate')?.dataset.n));
    }
    map.addEventListener('keydown', (event) => { if (event.key === 'Escape') show(''); });
    tools.append(make('label', {}, 'Zoom into', select), said);
    map.prepend(tools);
    fill();
  });
})();
