// The views: the sign-in form, deliveries, failures, refusals, users, and one user.

import { OUTCOMES } from './api.js';
import { address, byId, cell, make, moment, number, pairs, prose, rowGroup, table, userLink } from './dom.js';
import { causeOf, explanation } from './failures.js';
import { hasQueue, isReceiver, sync } from './health.js';
import { Ledger, List } from './list.js';

function badge(outcome) {
  return make('span', { class: `badge ${OUTCOMES.includes(outcome) ? outcome : ''}` }, outcome);
}

/** A table of the application may have no column for the time. */
function momentOrNone(time) {
  return time === 0 ? '–' : moment(time);
}

function drawDelivery(delivery) {
  const row = make('tr', { role: 'row' },
    cell('Time', moment(delivery.lastSeen)),
    cell('Outcome', badge(delivery.outcome)),
    cell('Event', delivery.type ?? 'unreadable'),
    cell('User', delivery.userId ? userLink(delivery.userId) : '–'),
    cell('Message', make('span', { class: 'id' }, delivery.id)),
    cell('Attempts', number.format(delivery.attempts)));
  if (delivery.outcome !== 'failed' && delivery.outcome !== 'refused') return rowGroup(row);
  const why = make('details', {}, make('summary', {}, causeOf(delivery).title), explanation(delivery, hasQueue()));
  return rowGroup(row, make('tr', { role: 'row', class: 'cause' }, make('td', { role: 'cell', colspan: 6 }, why)));
}

const LEDGER_COLUMNS = ['Time', 'Outcome', 'Event', 'User', 'Message', 'Attempts'];
const OF_DELIVERIES = { rows: 'deliveries', cursor: 'before', key: (row) => row.id };

const filterOutcome = byId('filter-outcome');
const filterType = byId('filter-type');
const filterUser = byId('filter-user');

export const deliveries = new Ledger(byId('deliveries'), {
  ...OF_DELIVERIES,
  name: 'deliveries',
  path: () => 'api/deliveries',
  query: () => ({ outcome: filterOutcome.value, type: filterType.value.trim(), user: filterUser.value.trim() }),
  frame: () => table('Deliveries, newest first', LEDGER_COLUMNS),
  draw: drawDelivery,
  empty: ({ outcome, type, user }) => {
    if (outcome || type || user) return [make('p', {}, 'No such delivery.')];
    return [make('p', {}, make('strong', {}, 'Nothing has arrived yet.')),
      make('p', {}, prose('Send a test event: Clerk dashboard, Webhooks, the endpoint, Testing; or, on this machine, '
        + '`clerk-sync send user.created`. It appears here without a reload.'))];
  },
});

/** Returns the list of the deliveries with one outcome, each with its explanation. */
const explained = (name, outcome, empty) => new Ledger(byId(name), {
  ...OF_DELIVERIES,
  name,
  path: () => 'api/deliveries',
  query: () => ({ outcome }),
  frame: () => make('ul', { class: 'failures' }),
  draw: (delivery) => make('li', {},
    make('h3', {}, causeOf(delivery).title),
    explanation(delivery, hasQueue()),
    pairs('facts', [
      ['Message', make('span', { class: 'id' }, delivery.id)],
      ['Event', delivery.type],
      ['User', delivery.userId ? userLink(delivery.userId) : undefined],
      ['Attempts', number.format(delivery.attempts)],
      ['First', moment(delivery.firstSeen)],
      ['Last', moment(delivery.lastSeen)],
    ])),
  empty: () => [make('p', {}, make('strong', {}, empty[0])), make('p', {}, empty[1])],
});

const failures = explained('failures', 'failed',
  ['Nothing is pending.', 'Every delivery that arrived has been processed.']);
const refusals = explained('refusals', 'refused',
  ['Nothing is refused.', 'No event arrived that could not be applied, or a later one has replaced it.']);

const search = byId('search');
const role = byId('role');

function fullName({ firstName, lastName }) {
  return `${firstName} ${lastName}`.trim();
}

export const users = new List(byId('users'), {
  name: 'users',
  rows: 'users',
  cursor: 'after',
  key: (row) => row.id,
  path: () => 'api/users',
  query: () => ({ search: search.value.trim(), role: role.value.trim() }),
  frame: () => table('Users, ordered by id', ['User', 'Name', 'E-mail', 'Role', 'Updated']),
  draw: (user) => rowGroup(make('tr', { role: 'row' },
    cell('User', userLink(user.id)),
    cell('Name', fullName(user) || '–'),
    cell('E-mail', address(user.email)),
    cell('Role', user.role),
    cell('Updated', momentOrNone(user.updatedAt)))),
  empty: (asked) => {
    if (asked.search || asked.role) {
      return [make('p', {}, make('strong', {}, 'No such user.')),
        make('p', {}, 'A search matches any part of a name, and the beginning of an id or an address.')];
    }
    return [make('p', {}, make('strong', {}, 'There are no users yet.')),
      make('p', {}, prose('Clerk’s events add them; `clerk-sync backfill` adds the users that Clerk already has.'))];
  },
  answered: (answer) => {
    const known = [...byId('roles').options].map((option) => option.value);
    const more = new Set(answer.users.map((user) => user.role).filter((role) => role && !known.includes(role)));
    byId('roles').append(...[...more].map((value) => make('option', { value })));
  },
});

let shownUser = '';

const userHistory = new List(byId('history'), {
  ...OF_DELIVERIES,
  name: 'the history',
  path: () => `api/users/${encodeURIComponent(shownUser)}`,
  frame: () => table('Deliveries about the user, newest first', LEDGER_COLUMNS),
  draw: drawDelivery,
  empty: () => [make('p', {}, prose('The ledger has no delivery about this user. Entries older than '
    + '`CLERK_SYNC_RETENTION_DAYS` are deleted.'))],
  answered: showUser,
});

// The status 404 means an unknown id here, and not a disabled API.
userHistory.forgives = (error) => {
  if (error.kind !== 'off' && error.kind !== 'unrouted') return undefined;
  byId('user').replaceChildren(make('p', {}, make('strong', {}, 'Unknown user.')),
    make('p', {}, prose('There is neither a row nor a delivery with this id. If Clerk has the user, `clerk-sync reconcile` '
      + 'shows the difference, and with `--apply` repairs it.')));
  return [make('p', { class: 'soft' }, 'None.')];
};

function showUser({ user, version }) {
  if (!userHistory.isFirstPage) return;
  const row = user
    ? pairs('facts', [
      ['Id', make('span', { class: 'id' }, user.id)],
      ['Name', fullName(user) || '–'],
      ['E-mail', address(user.email)],
      ['Role', user.role],
      ['Row created', momentOrNone(user.createdAt)],
      ['Row updated', momentOrNone(user.updatedAt)],
    ])
    : make('p', {}, make('strong', {}, 'No row. '), version?.deleted
      ? 'The user has been deleted. Later events about the user are stale.'
      : 'No event about this user has been applied yet.');
  const applied = version && pairs('facts', [
    ['Newest change', `${version.event} at Clerk`],
    ['Time at Clerk', moment(version.time)],
    ['Deletion applied', version.deleted === undefined ? undefined : moment(version.deleted)],
  ]);
  byId('user-title').textContent = (user && fullName(user)) || shownUser;
  byId('user').replaceChildren(make('h3', {}, 'Row'), row, ...(applied ? [make('h3', {}, 'Version'), applied] : []));
}

/**
 * The views, by the name in the URL's fragment. The fragment also has the id of a user, which is not confidential, and
 * nothing else, because the browser keeps it in its history.
 */
export const VIEWS = {
  deliveries: { list: deliveries, title: 'deliveries-title' },
  failures: { list: failures, title: 'failures-title' },
  refusals: { list: refusals, title: 'refusals-title' },
  users: { list: users, title: 'users-title' },
  user: { list: userHistory, title: 'user-title' },
};
/** The current view. */
export let view = VIEWS.deliveries;

/** Selects the view that the URL's fragment names. */
export function route() {
  const [name, ...rest] = location.hash.slice(1).split('/');
  view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : VIEWS.deliveries;
  if (view === VIEWS.user) openUser(rest.join('/'));
  showView();
  for (const link of document.querySelectorAll('#views a')) {
    if (VIEWS[link.hash.slice(1)] === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Shows the current view. All views are hidden until there are figures. */
export function showView() {
  for (const [name, other] of Object.entries(VIEWS)) byId(`${name}-view`).hidden = other !== view || !sync.stats;
  byId('figures').hidden = byId('deliveries-view').hidden && !isReceiver();
}

function openUser(encoded) {
  let id = encoded;
  try {
    id = decodeURIComponent(encoded);
  } catch {
    // An invalid encoding is used literally.
  }
  shownUser = id;
  userHistory.reset();
  byId('user-title').textContent = id;
  byId('user').replaceChildren(make('p', { class: 'soft' }, 'Loading…'));
}

/** Says whether the deliveries shown are live. */
export function showLive() {
  const isLive = deliveries.isFirstPage;
  byId('live').textContent = sync.trouble ? 'Not live' : isLive ? 'Live' : 'Older page; the first page is live';
  byId('live').classList.toggle('on', isLive && !sync.trouble);
}

/** Shows the sign-in form with the reason of the sign-out, if any. */
export function askForToken(reason) {
  byId('sign-in-button').disabled = false;
  byId('token-problem').replaceChildren(...prose(reason));
  byId('token').setAttribute('aria-invalid', reason !== '');
  byId('token').focus();
}
