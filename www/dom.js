// Elements, times and numbers. Text from the API becomes a text node, never markup.

import { serverNow } from './api.js';

export const DAY = 86_400_000; // ms

/** @returns {HTMLElement | null} */
export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. A child that is undefined or empty is omitted.
 *
 * @param {string} name
 * @param {Object<string, string | number | boolean>} [attributes]
 * @param {...(Node | string | undefined | Array<Node | string | undefined>)} children
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return element;
}

export function button(text, action, attributes = {}) {
  const element = make('button', { type: 'button', class: 'quiet', ...attributes }, text);
  element.addEventListener('click', action);
  return element;
}

/** Converts a text of this page to nodes; `backquotes` mark code. */
export function prose(text = '') {
  return text.split('`').map((part, index) => (index % 2 ? make('code', {}, part) : part));
}

/** Makes text for screen readers only. */
export function unseen(text) {
  return make('span', { class: 'unseen' }, text);
}

/** Makes a description list. A pair whose description is undefined is omitted. */
export function pairs(name, entries) {
  const rows = entries.filter(([, value]) => value !== undefined);
  const pair = ([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value));
  return make('dl', { class: name }, rows.map(pair));
}

/**
 * Makes a table without rows. The style sheet shows the rows as cards on a narrow screen, which removes the implicit
 * roles of the table elements; hence the explicit roles here and in `cell` and `rowGroup`.
 */
export function table(caption, names) {
  const heads = names.map((name) => make('th', { scope: 'col', role: 'columnheader' }, name));
  return make('table', { role: 'table', class: 'rows' }, make('caption', { class: 'unseen' }, caption),
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, heads)));
}

export function cell(name, ...children) {
  return make('td', { role: 'cell', 'data-name': name }, children);
}

export function rowGroup(...rows) {
  return make('tbody', { role: 'rowgroup' }, rows);
}

/** Announces a text to screen readers, without interrupting them. */
export function announce(words) {
  byId('announcer').textContent = words;
}

export const number = new Intl.NumberFormat();
export const twoDigits = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const thisYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit',
});
const anyYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/**
 * Makes a `time` element in the reader's time zone. Its title is the exact UTC.
 *
 * @param {number} time in ms since 1970
 * @param {Intl.DateTimeFormat} [format] by default the shortest format that is unambiguous today
 */
export function moment(time, format = undefined) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return make('span', {}, String(time));
  const now = new Date(serverNow());
  const isToday = date.toDateString() === now.toDateString();
  const near = isToday ? clock : date.getFullYear() === now.getFullYear() ? thisYear : anyYear;
  const utc = date.toISOString();
  const title = `${utc.replace('T', ' ').replace('Z', '')} UTC`;
  return make('time', { datetime: utc, title }, (format ?? near).format(date));
}

/**
 * @param {number} time in ms
 * @returns {string} the duration in its largest unit
 */
export function duration(time) {
  const seconds = Math.max(0, Math.floor(time / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** @returns {string} such as `1 row` or `2 rows` */
export function count(amount, one, many = `${one}s`) {
  return `${number.format(amount)} ${amount === 1 ? one : many}`;
}

/** Masks `ada@example.org` as `a•••@e•••.org`. */
function masked(email) {
  const at = email.lastIndexOf('@');
  const [first] = email;
  if (at < 1) return '•••';
  const [domain] = email.slice(at + 1);
  const dot = email.lastIndexOf('.');
  return `${first}•••@${domain ?? ''}•••${dot > at ? email.slice(dot) : ''}`;
}

/** Makes an e-mail address that is masked, and absent from the document, until its button is pressed. */
export function address(email) {
  const holder = make('span', { class: 'address' });
  const toggle = (isShown, byHand) => {
    const change = button(isShown ? 'Hide' : masked(email), () => toggle(!isShown, true), {
      'aria-label': isShown ? 'Hide e-mail address' : `${masked(email)}, show e-mail address`,
      ...(isShown ? {} : { class: 'quiet mask', title: 'Show' }),
    });
    holder.replaceChildren(...(isShown ? [make('span', {}, email), ' ', change] : [change]));
    if (byHand) change.focus();
  };
  toggle(false, false);
  return holder;
}

export function userLink(id) {
  return make('a', { href: `#user/${encodeURIComponent(id)}`, class: 'id' }, id);
}

export function organizationLink(id) {
  return make('a', { href: `#organization/${encodeURIComponent(id)}`, class: 'id' }, id);
}

/** Links to the page of an object. Memberships and invitations have none. */
export function objectLink(id) {
  if (/^org(mem|inv)_/.test(id)) return make('span', { class: 'id' }, id);
  return id.startsWith('org_') ? organizationLink(id) : userLink(id);
}
