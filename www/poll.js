// The poll that keeps the page up to date, its backoff, and the end of the session.

import { asTrouble, dropToken, hasToken, storeToken } from './api.js';
import { announce, byId, count, number, prose } from './dom.js';
import { TROUBLES, failuresHint } from './failures.js';
import {
  hasQueue, isReceiver, readSync, showAge, showChanges, showFigures, showHealth, showReconciliations, sync,
} from './health.js';
import { showChart } from './chart.js';
import { LISTS, askForToken, lists, showLive, showView, view } from './views.js';

const INTERVAL = 3_000; // ms
const LONGEST_INTERVAL = 30_000; // ms; the backoff ends here
const OVERVIEW_EVERY = 5; // polls; a new delivery makes it due at once
const ANNOUNCE_EVERY = 20_000; // ms, because a screen reader would otherwise never be silent

let timer;
let polls = 0;
let failedPolls = 0;
let isPolling = false;

for (const list of LISTS) list.attempt = attempt;

/** Updates the page, and schedules the next poll. A hidden tab does not poll. */
export async function poll() {
  clearTimeout(timer);
  if (!hasToken() || document.hidden || isPolling) return;
  isPolling = true;
  try {
    await attempt(look);
  } finally {
    isPolling = false;
    schedule();
  }
}

async function look() {
  const wasTroubled = sync.trouble !== undefined;
  const isOld = Date.now() - sync.readAt > 2 * OVERVIEW_EVERY * INTERVAL; // the tab was hidden
  const isWhole = !sync.stats || isOld || wasTroubled || polls % OVERVIEW_EVERY === 0;
  const overview = isWhole ? readOverview() : undefined;
  const [arrived] = await Promise.all([refreshList(wasTroubled, overview), overview]);
  polls += 1;
  if (arrived?.length) await welcome(arrived, isWhole);
  [sync.trouble, failedPolls] = [undefined, 0];
  showConsole();
  announceArrivals();
}

/** Reads and shows the health, the figures and the chart. */
export async function readOverview() {
  const hadQueue = hasQueue();
  if (!await readSync(document.querySelector('#range input:checked').value)) return;
  // The explanation of a failure depends on the queue.
  if (hasQueue() !== hadQueue) for (const list of LISTS) list.redraw();
  showFigures();
  showChanges();
  showReconciliations();
  showChart(sync.stats);
}

/** Updates the lists of the current view. A receiver has no lists; whether this is one is known only after the overview. */
async function refreshList(isRecovering, overview) {
  if (isReceiver()) return [];
  try {
    const arrived = await view.list.refresh(isRecovering);
    // Whether there are memberships is known only after the overview.
    await overview;
    for (const list of lists().slice(1)) await list.refresh(isRecovering);
    return arrived;
  } catch (error) {
    await overview;
    if (isReceiver()) return [];
    throw error;
  }
}

const unannounced = { deliveries: 0, failed: 0, since: 0 };

async function welcome(arrived, isOverviewRead) {
  sync.lastDelivery = Math.max(sync.lastDelivery ?? 0, ...arrived.map((delivery) => delivery.lastSeen));
  unannounced.deliveries += arrived.length;
  unannounced.failed += arrived.filter((delivery) => delivery.outcome === 'failed').length;
  if (!isOverviewRead) await readOverview();
}

function announceArrivals() {
  if (!unannounced.deliveries || Date.now() - unannounced.since < ANNOUNCE_EVERY) return;
  const failed = unannounced.failed ? `, ${number.format(unannounced.failed)} failed` : '';
  announce(`${count(unannounced.deliveries, 'new delivery', 'new deliveries')}${failed}`);
  Object.assign(unannounced, { deliveries: 0, failed: 0, since: Date.now() });
}

/** Schedules the next poll. The interval doubles with each failed poll. */
function schedule() {
  clearTimeout(timer);
  if (!hasToken()) return;
  const wait = sync.trouble ? Math.min(LONGEST_INTERVAL, INTERVAL * 2 ** (failedPolls - 1)) : INTERVAL;
  sync.nextLook = Date.now() + wait;
  timer = setTimeout(poll, wait);
  showAge();
}

/**
 * Runs a request. A failure becomes the state of the page, and the next poll retries.
 *
 * @param {() => Promise<void>} work
 */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error.name === 'AbortError' || !hasToken()) return;
    if (error.kind === 'token') return signOut(TROUBLES.token.state);
    sync.trouble = asTrouble(error);
    failedPolls += 1;
    showConsole();
    schedule();
  }
}

function showConsole() {
  storeToken();
  byId('signed-out').hidden = true;
  byId('health').hidden = byId('sign-out').hidden = false;
  byId('views').hidden = !sync.stats;
  byId('sign-in-button').disabled = false;
  showView();
  showHealth();
  showAge();
  showLive();
  byId('failures-hint').replaceChildren(...prose(failuresHint(hasQueue())));
}

/**
 * Ends the session: stops the poll, and removes the token and all data from the page.
 *
 * @param {string} [reason] shown above the sign-in form
 */
export function signOut(reason = '') {
  clearTimeout(timer);
  dropToken();
  if (byId('signed-out').hidden) {
    // A reload removes the data from every field and hidden element. The history's state keeps the reason.
    history.replaceState({ reason }, '', location.pathname + location.search);
    return location.reload();
  }
  for (const list of LISTS) list.reset();
  askForToken(reason);
}
