// The lists of deliveries: all of them, the failed and the refused ones.

import { OUTCOMES } from './api.js';
import { byId, cell, make, moment, number, objectLink, pairs, prose, rowGroup, table } from './dom.js';
import { causeOf, explanation } from './failures.js';
import { hasQueue } from './health.js';
import { Ledger } from './list.js';

function badge(outcome) {
  return make('span', { class: `badge ${OUTCOMES.includes(outcome) ? outcome : ''}` }, outcome);
}

export function drawDelivery(delivery) {
  const row = make('tr', { role: 'row' },
    cell('Time', moment(delivery.lastSeen)),
    cell('Outcome', badge(delivery.outcome)),
    cell('Event', delivery.type ?? 'unreadable'),
    cell('Object', delivery.userId ? objectLink(delivery.userId) : '–'),
    cell('Message', make('span', { class: 'id' }, delivery.id)),
    cell('Attempts', number.format(delivery.attempts)));
  if (delivery.outcome !== 'failed' && delivery.outcome !== 'refused') return rowGroup(row);
  const why = make('details', {}, make('summary', {}, causeOf(delivery).title), explanation(delivery, hasQueue()));
  return rowGroup(row, make('tr', { role: 'row', class: 'cause' }, make('td', { role: 'cell', colspan: 6 }, why)));
}

export const LEDGER_COLUMNS = ['Time', 'Outcome', 'Event', 'Object', 'Message', 'Attempts'];
export const OF_DELIVERIES = { rows: 'deliveries', cursor: 'before', key: (row) => row.id };

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
      ['Object', delivery.userId ? objectLink(delivery.userId) : undefined],
      ['Attempts', number.format(delivery.attempts)],
      ['First', moment(delivery.firstSeen)],
      ['Last', moment(delivery.lastSeen)],
    ])),
  empty: () => [make('p', {}, make('strong', {}, empty[0])), make('p', {}, empty[1])],
});

export const failures = explained('failures', 'failed',
  ['Nothing is pending.', 'Every delivery that arrived has been processed.']);
export const refusals = explained('refusals', 'refused',
  ['Nothing is refused.', 'No event arrived that could not be applied, or a later one has replaced it.']);
