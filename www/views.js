// The views, the URL's fragment, and the sign-in form.

import { byId, prose } from './dom.js';
import { hasTable, isReceiver, sync } from './health.js';
import { deliveries, failures, refusals } from './deliveries.js';
import { organization, organizations, user, users } from './objects.js';

/**
 * The views, by the name in the URL's fragment. The fragment also has the id of a user or an organization, which is not
 * confidential, and nothing else, because the browser keeps it in its history.
 */
const VIEWS = {
  deliveries: { list: deliveries, title: 'deliveries-title' },
  failures: { list: failures, title: 'failures-title' },
  refusals: { list: refusals, title: 'refusals-title' },
  users: { list: users, title: 'users-title' },
  user: { list: user.history, page: user, title: 'user-title' },
  organizations: { list: organizations, title: 'organizations-title' },
  organization: { list: organization.history, page: organization, title: 'organization-title' },
};
/** The lists of all views. */
export const LISTS = Object.values(VIEWS).flatMap(({ list, page }) => (page ? [list, page.memberships] : [list]));
/** The current view. */
export let view = VIEWS.deliveries;

/** Returns the lists of the current view. Memberships are only read if they have a table. */
export function lists() {
  return view.page && hasTable('organizationMembership') ? [view.list, view.page.memberships] : [view.list];
}

/** Selects the view that the URL's fragment names. */
export function route() {
  const [name, ...rest] = location.hash.slice(1).split('/');
  view = Object.hasOwn(VIEWS, name) ? VIEWS[name] : VIEWS.deliveries;
  view.page?.open(decoded(rest.join('/')));
  showView();
  for (const link of document.querySelectorAll('#views a')) {
    if (VIEWS[link.hash.slice(1)] === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Shows the current view. All views are hidden until there are figures. */
export function showView() {
  for (const [name, other] of Object.entries(VIEWS)) byId(`${name}-view`).hidden = other !== view || !sync.stats;
  byId('organizations-link').hidden = !hasTable('organization');
  for (const section of document.querySelectorAll('.memberships')) section.hidden = !hasTable('organizationMembership');
  byId('figures').hidden = byId('deliveries-view').hidden && !isReceiver();
}

function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    // An invalid encoding is used literally.
    return id;
  }
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
