// The chart of deliveries over time, and the same figures as a table.

import { OUTCOMES } from './api.js';
import { DAY, byId, count, make, moment, number } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** Returns one entry for each step of the series, with the number of deliveries of each outcome. */
function columnsOf({ series: { start, step, bars }, now }) {
  const length = Math.max(1, Math.floor((now - start) / step) + 1);
  const columns = Array.from({ length }, (_, index) => ({
    start: start + index * step, ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
  }));
  for (const bar of bars) {
    const column = columns[Math.floor((bar.start - start) / step)];
    if (column && OUTCOMES.includes(bar.outcome)) column[bar.outcome] += bar.deliveries;
  }
  return columns;
}

const total = (column) => OUTCOMES.reduce((sum, outcome) => sum + column[outcome], 0);

/** Returns the format of a step's start. A step of a day begins at 00:00 UTC, and its name is the UTC date. */
function stepName(step) {
  const options = step >= DAY ? { dateStyle: 'medium', timeZone: 'UTC' } : { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(undefined, options);
}

/** Returns the labels of the time axis: every third hour, or the first step of each day, as far as there is room. */
function ticksOf(columns, step, room) {
  const isDaily = step >= DAY;
  const day = { day: 'numeric', month: 'short', ...(isDaily ? { timeZone: 'UTC' } : {}) };
  const hours = columns.length * step <= 2 * DAY;
  const isTick = (column, index) => {
    const date = new Date(column.start);
    if (isDaily) return true;
    if (hours) return date.getHours() % 3 === 0;
    return index > 0 && date.getDate() !== new Date(columns[index - 1].start).getDate();
  };
  const candidates = columns.map((column, index) => ({ column, index }))
    .filter(({ column, index }) => isTick(column, index));
  const every = Math.max(1, Math.ceil(candidates.length * 60 / room));
  const format = new Intl.DateTimeFormat(undefined, hours ? { hour: '2-digit', minute: '2-digit' } : day);
  return candidates.filter((_, index) => index % every === 0)
    .map(({ column, index }) => ({ index, text: format.format(column.start) }));
}

/** Returns the labels of the value axis: at most five round numbers from 0 to at least `most`. */
function scaleOf(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most / 4)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size * 4 >= most);
  const length = Math.max(1, Math.ceil(most / step)) + 1;
  return Array.from({ length }, (_, index) => index * step);
}

/**
 * Draws the chart, its legend and its table. Nothing is drawn while the chart is hidden, because it has no width then.
 *
 * @param {object} [stats] the answer of `api/stats`
 */
export function showChart(stats) {
  const host = byId('chart');
  const width = host.clientWidth;
  if (!stats || !width) return;
  const columns = columnsOf(stats);
  const { step } = stats.series;
  const scale = scaleOf(Math.max(...columns.map(total)));
  const most = scale.at(-1);
  const labels = scale.map((value) => new Intl.NumberFormat(undefined, { notation: 'compact' }).format(value));
  const [left, top, bottom, height] = [12 + 8 * Math.max(...labels.map((label) => label.length)), 10, 24, 200];
  const [room, tall] = [width - left, height - top - bottom];
  const each = room / columns.length;
  const y = (value) => top + tall * (1 - value / most);
  const sumOf = (outcome) => columns.reduce((sum, column) => sum + column[outcome], 0);
  const sums = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, sumOf(outcome)]));
  const words = OUTCOMES.map((outcome) => `${number.format(sums[outcome])} ${outcome}`).join(', ');

  const chart = draw('svg', {
    width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Deliveries: ${words}`,
  });
  chart.append(draw('defs', {}, draw('pattern', { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)' }, draw('rect', { width: 5, height: 5, class: 'hatch-ground' }),
    draw('rect', { width: 2, height: 5, class: 'hatch-line' }))));
  scale.forEach((value, index) => chart.append(
    draw('line', { x1: left, x2: width, y1: y(value), y2: y(value), class: index ? 'grid' : 'axis' }),
    draw('text', { x: left - 8, y: y(value) + 4, class: 'tick', 'text-anchor': 'end' }, labels[index])));
  for (const { index, text } of ticksOf(columns, step, room)) {
    const x = left + (index + (step >= DAY ? 0.5 : 0)) * each;
    const isCutOff = x < left + 20 || x > width - 24;
    if (!isCutOff) chart.append(draw('text', { x, y: height - 6, class: 'tick', 'text-anchor': 'middle' }, text));
  }
  const highlight = draw('rect', { y: top, width: each, height: tall, class: 'highlight', visibility: 'hidden' });
  chart.append(highlight);
  columns.forEach((column, index) => {
    let base = y(0);
    for (const outcome of OUTCOMES.filter((outcome) => column[outcome] > 0)) {
      const size = Math.max(2, y(0) - y(column[outcome])); // a single delivery stays visible
      base -= size;
      chart.append(draw('rect', { x: left + index * each + each * 0.12, y: base, width: each * 0.76, height: size,
        class: `bar ${outcome}` }));
    }
  });

  const inAll = total(sums) ? `${count(total(sums), 'delivery', 'deliveries')} in all` : 'None in this time';
  const show = (index) => {
    const column = columns[index];
    highlight.setAttribute('visibility', column ? 'visible' : 'hidden');
    highlight.setAttribute('x', left + index * each);
    showLegend(column ?? sums);
    const when = column ? make('span', {}, 'from ', moment(column.start, stepName(step))) : inAll;
    byId('chart-time').replaceChildren(when, step >= DAY ? ' (days in UTC)' : '');
  };
  chart.addEventListener('pointermove', (event) => {
    show(Math.floor((event.clientX - chart.getBoundingClientRect().left - left) / each));
  });
  chart.addEventListener('pointerleave', () => show(-1));
  host.replaceChildren(chart);
  show(-1);
  showChartTable(columns, step);
}

function showLegend(amounts) {
  byId('legend').replaceChildren(...OUTCOMES.map((outcome) => {
    const sample = draw('svg', { width: 12, height: 12, 'aria-hidden': 'true' },
      draw('rect', { width: 12, height: 12, rx: 2, class: `bar ${outcome}` }));
    return make('li', {}, sample, ` ${outcome} `, make('strong', {}, number.format(amounts[outcome])));
  }));
}

function showChartTable(columns, step) {
  const details = byId('chart-table');
  details.querySelector('table')?.remove();
  if (!details.open) return;
  const head = make('tr', {}, ['From', ...OUTCOMES].map((name) => make('th', { scope: 'col' }, name)));
  const rows = columns.filter(total).reverse().map((column) => make('tr', {},
    make('th', { scope: 'row' }, moment(column.start, stepName(step))),
    OUTCOMES.map((outcome) => make('td', {}, number.format(column[outcome])))));
  details.append(make('table', { class: 'numbers' },
    make('caption', {}, 'Deliveries by outcome; periods without deliveries are omitted'),
    make('thead', {}, head), make('tbody', {}, rows)));
}
