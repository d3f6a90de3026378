// The operations console: the entry module, which starts the page and connects its controls.
//
// Each module imports only those before it: api, dom, failures, health, chart, list, deliveries, objects, views, poll, and
// this one.

import { hasToken, useToken } from './api.js';
import { announce, byId, count } from './dom.js';
import { TROUBLES } from './failures.js';
import { showAge, sync } from './health.js';
import { showChart } from './chart.js';
import { deliveries } from './deliveries.js';
import { organizations, users } from './objects.js';
import { askForToken, lists, route, showLive, view } from './views.js';
import { attempt, poll, readOverview, signOut } from './poll.js';

const FILTER_DELAY = 300; // ms after the last key

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const entered = byId('token').value.trim();
  byId('token').value = '';
  // fetch rejects a header with other characters, and no token has them.
  if (!/^[\x21-\x7e]+$/.test(entered)) return signOut(TROUBLES.token.state);
  useToken(entered);
  byId('token-problem').replaceChildren();
  byId('sign-in-button').disabled = true;
  poll();
});
byId('sign-out').addEventListener('click', () => signOut());
byId('retry-now').addEventListener('click', poll);

/** Applies a filter while the user types. */
function filter(form, list) {
  let timer;
  const apply = () => attempt(async () => {
    await list.restart();
    if (!list.isBusy && !list.problem) announce(list.rows.length ? count(list.rows.length, 'row') : 'Nothing found');
    showLive();
  });
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(apply, FILTER_DELAY);
  });
  // The fields change after the event.
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
}
filter(byId('delivery-filter'), deliveries);
filter(byId('user-filter'), users);
filter(byId('organization-filter'), organizations);

const drawChart = () => showChart(sync.stats);
byId('range').addEventListener('change', () => attempt(readOverview));
byId('chart-table').addEventListener('toggle', drawChart);
new ResizeObserver(drawChart).observe(byId('chart'));

addEventListener('hashchange', () => {
  route();
  if (!sync.stats) return;
  window.scrollTo(0, 0);
  byId(view.title).focus({ preventScroll: true });
  attempt(() => Promise.all(lists().map((list) => list.revisit())));
});
addEventListener('online', poll);
document.addEventListener('visibilitychange', poll);
setInterval(showAge, 1000);

route();
if (hasToken()) {
  byId('health').hidden = byId('sign-out').hidden = false;
  poll();
} else {
  byId('signed-out').hidden = false;
  if (history.state) askForToken(history.state.reason);
  history.replaceState(null, '');
}
