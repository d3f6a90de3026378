// The state of the sync: its data, its judgement in words, and its figures.

import { Trouble, read, serverNow, setServerTime } from './api.js';
import {
  DAY, announce, byId, cell, count, duration, make, moment, number, pairs, prose, rowGroup, table, twoDigits, unseen,
} from './dom.js';
import { TROUBLES } from './failures.js';

const WORKER_DELAY = 60_000; // ms within which a running worker takes a delivery from the queue
// ms, as in the alarms: a drift that the next daily comparison has left, and comparisons that have stopped
const LONGEST_DRIFT = 26 * 3_600_000;
const LONGEST_PAUSE = 2 * DAY;
const KINDS = {
  user: 'Users', organization: 'Organizations', organizationMembership: 'Memberships', organizationInvitation: 'Invitations',
};

/**
 * The last answers of the API. `readAt` and `nextLook` are times of this machine's clock, `lastDelivery` is a time of
 * the handler's; `trouble` is the error of the last request, if it failed.
 */
export const sync = {
  health: undefined,
  stats: undefined,
  readAt: 0,
  nextLook: 0,
  lastDelivery: undefined,
  trouble: undefined,
};

/** @returns {boolean} whether the handler has a queue but no database, and therefore neither figures nor lists */
export function isReceiver() {
  return Boolean(sync.health && !sync.stats);
}

/** @returns {boolean} whether the handler puts deliveries into a queue */
export function hasQueue() {
  return Boolean(sync.health?.queue);
}

/** @returns {boolean} whether the objects of this kind have a table */
export function hasTable(entity) {
  return rowsOf(entity) !== undefined;
}

function rowsOf(entity) {
  return sync.stats?.objects.find((count) => count.entity === entity)?.rows;
}

let readings = 0;

/**
 * Reads the health and the figures into `sync`.
 *
 * @param {string} hours the period of the chart
 * @returns {Promise<boolean>} false if a newer call has replaced this one
 */
export async function readSync(hours) {
  readings += 1;
  const own = readings;
  const [health, stats] = await Promise.all([
    read('api/health'),
    read('api/stats', { hours }).catch((error) => {
      if (error.kind !== 'database') throw error;
    }),
  ]);
  // The health of a machine without a database, and of no other, lacks the member `sqlite`.
  if (!stats && health.sqlite !== undefined) throw new Trouble('database');
  if (own !== readings) return false;
  Object.assign(sync, { health, stats, readAt: Date.now() });
  setServerTime(stats?.now);
  sync.lastDelivery = stats?.lastDelivery ?? sync.lastDelivery;
  return true;
}

/** Returns the state of the sync: a level, a title, its meaning and the remedy. */
function judgement() {
  const { health, stats, trouble } = sync;
  if (trouble) return TROUBLES[trouble.kind === 'database' && hasQueue() ? 'databaseBehindQueue' : trouble.kind];
  if (!health) return { level: 'wait', state: 'Loading…' };
  if (health.status === 'silent') {
    return {
      level: 'bad', state: 'Silent',
      what: `No delivery has arrived for more than ${count(health.silenceHours ?? 1, 'hour')}.`,
      next: 'In the Clerk dashboard, under Webhooks, check that the endpoint is enabled and how its deliveries are answered; '
        + '`clerk-sync doctor --url` tests the endpoint’s address.',
    };
  }
  if (isReceiver()) {
    return judgementOfQueue() ?? {
      level: 'good', state: 'Receiving',
      what: 'This machine only receives: it verifies deliveries and puts them into the queue. It has no database.',
      next: 'The console of the machine with the worker and the database shows users and deliveries. If this machine '
        + 'should have the database, see `CLERK_SYNC_DATABASE`.',
    };
  }
  if (sync.lastDelivery === undefined && health.status === 'ok') {
    return {
      level: 'wait', state: 'Waiting for the first delivery',
      what: 'The handler and its database are ready. No delivery has arrived yet.',
      next: 'Clerk dashboard, Webhooks, the endpoint, Testing: send a `user.created`. It appears here within seconds.',
    };
  }
  const late = judgementOfQueue() ?? judgementOfChanges();
  if (late) return late;
  const pending = stats.pendingFailures;
  if (pending > 0) {
    return {
      level: 'warn', state: `${count(pending, 'failure')} pending`,
      what: 'Deliveries arrive, but some could not be applied.',
      next: 'The Failures view explains each one.',
    };
  }
  return judgementOfFailedChanges() ?? judgementOfReconciliations()
    ?? { level: 'good', state: 'Healthy', what: 'Deliveries arrive and are applied. No failure is pending.' };
}

/** Returns the problem of the queue, or undefined if there is none. */
function judgementOfQueue() {
  const { queue } = sync.health;
  if (!queue) return undefined;
  if (serverNow() - queue.oldestWaiting > WORKER_DELAY) {
    return {
      level: 'bad', state: 'Queue stalled',
      what: 'Deliveries arrive and are kept, but no worker takes them. '
        + `Backlog: ${count(queue.entries, 'delivery', 'deliveries')}.`,
      next: 'See `systemctl status clerk-sync-worker.service` and `journalctl -u clerk-sync-worker`, and restart it.',
    };
  }
  if (queue.deadLetters > 0) {
    return {
      level: 'warn', state: count(queue.deadLetters, 'dead letter'),
      what: 'The worker has given up deliveries after the last retry.',
      next: '`clerk-sync dead list` shows them and their errors. After the causes are fixed, `clerk-sync dead retry` puts '
        + 'them back.',
    };
  }
  if (queue.pending > 0 && queue.lag === 0 && serverNow() - queue.oldestPending > DAY) {
    return {
      level: 'warn', state: 'A worker holds deliveries',
      what: 'A worker has held deliveries for more than a day. It cannot apply them, or it has stopped.',
      next: 'See `systemctl status clerk-sync-worker.service`; `journalctl -u clerk-sync-worker` shows the errors.',
    };
  }
  return undefined;
}

/** Returns the problem of a consumer that is late, or undefined if there is none. */
function judgementOfChanges() {
  if (sync.health.status !== 'changes_waiting') return undefined;
  const { name, pending } = sync.health.changes.reduce((one, other) => (other.oldestAge > (one.oldestAge ?? 0) ? other : one));
  return {
    level: 'bad', state: 'Changes waiting',
    what: `The consumer \`${name}\` of the change feed has not handled a change for more than an hour. `
      + `Backlog: ${count(pending, 'change')}. No change is lost.`,
    next: `See \`systemctl status clerk-sync-changes@${name}.service\`, and restart it. \`clerk-sync changes forget ${name}\` `
      + 'removes a consumer that is no longer in use.',
  };
}

/** Returns the problem of a consumer that has set changes aside, or undefined if there is none. */
function judgementOfFailedChanges() {
  const failed = sync.health.changes?.reduce((sum, consumer) => sum + consumer.failed, 0);
  if (!failed) return undefined;
  return {
    level: 'warn', state: `${count(failed, 'change')} set aside`,
    what: 'A consumer of the change feed could not handle some changes, and has set them aside after the last try.',
    next: '`clerk-sync changes failed` shows them and their errors. After the causes are fixed, `clerk-sync changes retry '
      + 'NAME` has the consumer try them again.',
  };
}

/** Returns the problem of the comparisons with Clerk, or undefined if there is none. */
function judgementOfReconciliations() {
  const late = (time, limit) => sync.health.reconciliations?.some((record) => serverNow() - record[time] > limit);
  if (late('driftSince', LONGEST_DRIFT)) {
    return {
      level: 'warn', state: 'Differs from Clerk',
      what: 'Deliveries arrive, but a table has differed from Clerk for more than a day.',
      next: '`clerk-sync reconcile` lists the differences; with `--apply` it repairs them.',
    };
  }
  if (late('lastSuccess', LONGEST_PAUSE)) {
    return {
      level: 'warn', state: 'Not compared with Clerk',
      what: 'Deliveries arrive, but no comparison with Clerk has succeeded for more than two days.',
      next: 'See `systemctl list-timers` and `journalctl -u clerk-sync-reconcile`, or run `clerk-sync reconcile`.',
    };
  }
  return undefined;
}

export function showHealth() {
  const { level, state, what = '', next = '' } = judgement();
  const heading = byId('state');
  if (heading.textContent !== state) {
    heading.textContent = state;
    announce(state);
  }
  byId('health').dataset.level = level;
  byId('state-what').replaceChildren(...prose(what));
  byId('state-next').replaceChildren(...prose(next));
  document.title = `${state} · clerk-sync`;
  const pending = sync.stats?.pendingFailures;
  byId('failure-count').hidden = !pending;
  byId('failure-count').replaceChildren(number.format(pending ?? 0), unseen(' pending'));
  const refused = sync.stats?.refused;
  byId('refusal-count').hidden = !refused;
  byId('refusal-count').replaceChildren(number.format(refused ?? 0));
}

export function showFigures() {
  const { health, stats } = sync;
  const { queue } = health;
  const ms = (value) => `${twoDigits.format(value)} ms`;
  const figure = (value, ...more) => [make('strong', {}, value), make('span', { class: 'soft' }, more)];
  const ofDatabase = ({ latency, rate, users }) => [
    ['Last delivery', [make('strong', { id: 'last-age' }), make('span', { id: 'last-time', class: 'soft' })]],
    ['Users', figure(number.format(users), 'rows')],
    ...(hasTable('organization') ? [['Organizations', figure(number.format(rowsOf('organization')),
      hasTable('organizationMembership') ? count(rowsOf('organizationMembership'), 'membership') : 'rows')]] : []),
    ['Deliveries', figure(number.format(rate.lastMinute), `in a minute, ${number.format(rate.lastHour)} in an hour`)],
    ['Time to answer', latency
      ? figure(ms(latency.p50), `median; 95 % in ${ms(latency.p95)}, 99 % in ${ms(latency.p99)}`)
      : figure('–', 'not measured yet')],
  ];
  const figures = pairs('figures', [
    ...(stats ? ofDatabase(stats) : []),
    ...(queue ? [['Queue', figure(number.format(queue.entries), `backlog, ${number.format(queue.pending)} with a worker`,
      queue.oldest === undefined ? '' : `; the oldest arrived ${duration(serverNow() - queue.oldest)} ago`)]] : []),
    ...(stats ? [['SQLite', figure(stats.sqlite, `journal mode ${stats.journalMode}`)]] : []),
    ['Handler', figure(health.version, 'version')],
  ]);
  byId('figures').replaceChildren(...figures.children);
  showAge();
}

/** Shows the consumers of the change feed, if there are any. */
export function showChanges() {
  const { changes } = sync.health;
  byId('changes').hidden = !changes;
  if (!changes) return byId('consumers').replaceChildren();
  const consumers = table('Consumers of the change feed', ['Consumer', 'Pending', 'Oldest', 'Failed', 'Last handled']);
  consumers.append(rowGroup(...changes.map((consumer) => make('tr', { role: 'row' },
    cell('Consumer', consumer.name),
    cell('Pending', number.format(consumer.pending)),
    cell('Oldest', consumer.oldestAge === undefined ? '–' : `${duration(consumer.oldestAge * 1000)} ago`),
    cell('Failed', number.format(consumer.failed)),
    cell('Last handled', consumer.lastHandled === undefined ? 'never' : moment(consumer.lastHandled))))));
  return byId('consumers').replaceChildren(consumers);
}

/** Shows the last comparisons with Clerk, and the differences that they left, if there have been any. */
export function showReconciliations() {
  const { reconciliations } = sync.health;
  byId('comparison').hidden = !reconciliations;
  if (!reconciliations) return byId('reconciliations').replaceChildren();
  const names = ['Objects', 'Last run', 'Result', 'Last success', 'Missing', 'Different', 'Extra', 'Drift since'];
  const records = table('Last comparisons with Clerk', names);
  const result = ({ ended, succeeded, applied }) => {
    if (ended === undefined) return 'unfinished';
    if (!succeeded) return 'failed';
    return applied ? 'repaired' : 'compared';
  };
  records.append(rowGroup(...reconciliations.map((record) => {
    const { entity, started, lastSuccess, figures, driftSince } = record;
    const left = (kind) => (figures ? number.format(figures.remaining[kind]) : '–');
    const cells = [
      KINDS[entity], moment(started), result(record), lastSuccess === undefined ? 'never' : moment(lastSuccess),
      left('missing'), left('different'), left('extra'), driftSince === undefined ? '–' : moment(driftSince),
    ];
    return make('tr', { role: 'row' }, cells.map((content, column) => cell(names[column], content)));
  })));
  return byId('reconciliations').replaceChildren(records);
}

/** Shows the age of the last delivery, and the time until the next retry. Both change every second. */
export function showAge() {
  const { health, lastDelivery, trouble } = sync;
  if (byId('last-age')) {
    const isNone = lastDelivery === undefined;
    byId('last-age').textContent = isNone ? '–' : `${duration(serverNow() - lastDelivery)} ago`;
    byId('last-time').replaceChildren(isNone ? 'none yet' : moment(lastDelivery));
  }
  byId('state-retry').hidden = !trouble;
  const wait = Math.max(0, Math.ceil((sync.nextLook - Date.now()) / 1000));
  const known = health ? ` The data below is ${duration(Date.now() - sync.readAt)} old.` : '';
  byId('retry-in').textContent = `Trying again in ${wait} s.${known}`;
}
