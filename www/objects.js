// Users and organizations: their lists, and the page of one of each with its memberships.

import { address, byId, cell, make, moment, organizationLink, pairs, prose, rowGroup, table, userLink } from './dom.js';
import { LEDGER_COLUMNS, OF_DELIVERIES, drawDelivery } from './deliveries.js';
import { List } from './list.js';

const search = byId('search');
const role = byId('role');
const organizationSearch = byId('organization-search');

/** A table of the application may have no column for the time. */
function momentOrNone(time) {
  return time ? moment(time) : '–';
}

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
    cell('Role', user.role || '–'),
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

export const organizations = new List(byId('organizations'), {
  name: 'organizations',
  rows: 'organizations',
  cursor: 'after',
  key: (row) => row.id,
  path: () => 'api/organizations',
  query: () => ({ search: organizationSearch.value.trim() }),
  frame: () => table('Organizations, ordered by id', ['Organization', 'Name', 'Slug', 'Updated']),
  draw: (organization) => rowGroup(make('tr', { role: 'row' },
    cell('Organization', organizationLink(organization.id)),
    cell('Name', organization.name || '–'),
    cell('Slug', organization.slug || '–'),
    cell('Updated', momentOrNone(organization.updatedAt)))),
  empty: (asked) => {
    if (asked.search) {
      return [make('p', {}, make('strong', {}, 'No such organization.')),
        make('p', {}, 'A search matches any part of a name or a slug, and the beginning of an id.')];
    }
    return [make('p', {}, make('strong', {}, 'There are no organizations yet.')),
      make('p', {}, 'Clerk’s events add them.')];
  },
});

/** The page of one user or organization: the row, the version, the memberships and the history. */
class Page {
  id = '';

  /**
   * @param {string} kind `user` or `organization`, which begins the ids of the page's elements
   * @param {object} options
   * @param {object} options.memberships the options of the list of memberships that are not common to both kinds
   * @param {(row: object) => string} options.title returns the name for the heading
   * @param {(row: object) => Array} options.facts returns the pairs that show the row
   */
  constructor(kind, { memberships, title, facts }) {
    Object.assign(this, { kind, title, facts });
    const path = () => `api/${kind}s/${encodeURIComponent(this.id)}`;
    this.memberships = new List(byId(`${kind}-memberships`), {
      ...memberships,
      name: memberships.rows,
      cursor: 'after',
      key: ({ id, organizationId, userId }) => id ?? `${organizationId}/${userId}`,
      path,
      frame: () => table(memberships.caption, [memberships.column, 'Role', 'Membership', 'Updated']),
      draw: (membership) => rowGroup(make('tr', { role: 'row' },
        cell(memberships.column, memberships.link(membership)),
        cell('Role', membership.role || '–'),
        cell('Membership', membership.id ? make('span', { class: 'id' }, membership.id) : '–'),
        cell('Updated', momentOrNone(membership.updatedAt)))),
      empty: () => [make('p', { class: 'soft' }, 'None.')],
    });
    this.history = new List(byId(`${kind}-history`), {
      ...OF_DELIVERIES,
      name: 'the history',
      path,
      frame: () => table(`Deliveries about the ${kind}, newest first`, LEDGER_COLUMNS),
      draw: drawDelivery,
      empty: () => [make('p', {}, prose(`The ledger has no delivery about this ${kind}. Entries older than `
        + '`CLERK_SYNC_RETENTION_DAYS` are deleted.'))],
      answered: (answer) => this.#show(answer),
    });
    // The status 404 means an unknown id here, and not a disabled API.
    const isUnknown = (error) => error.kind === 'off' || error.kind === 'unrouted';
    this.memberships.forgives = (error) => (isUnknown(error) ? [make('p', { class: 'soft' }, 'None.')] : undefined);
    this.history.forgives = (error) => {
      if (!isUnknown(error)) return undefined;
      byId(kind).replaceChildren(make('p', {}, make('strong', {}, `Unknown ${kind}.`)),
        make('p', {}, prose(`There is neither a row nor a delivery with this id. If Clerk has the ${kind}, `
          + '`clerk-sync reconcile` shows the difference, and with `--apply` repairs it.')));
      return [make('p', { class: 'soft' }, 'None.')];
    };
  }

  /** Shows another object, of which nothing is known yet. */
  open(id) {
    this.id = id;
    this.memberships.reset();
    this.history.reset();
    byId(`${this.kind}-title`).textContent = id;
    byId(this.kind).replaceChildren(make('p', { class: 'soft' }, 'Loading…'));
  }

  #show({ [this.kind]: row, version }) {
    if (!this.history.isFirstPage) return;
    const facts = row
      ? pairs('facts', [['Id', make('span', { class: 'id' }, row.id)], ...this.facts(row)])
      : make('p', {}, make('strong', {}, 'No row. '), version?.deleted
        ? `The ${this.kind} has been deleted. Later events about the ${this.kind} are stale.`
        : `No event about this ${this.kind} has been applied yet.`);
    const applied = version && pairs('facts', [
      ['Newest change', `${version.event} at Clerk`],
      ['Time at Clerk', moment(version.time)],
      ['Deletion applied', version.deleted === undefined ? undefined : moment(version.deleted)],
    ]);
    byId(`${this.kind}-title`).textContent = (row && this.title(row)) || this.id;
    byId(this.kind).replaceChildren(make('h3', {}, 'Row'), facts,
      ...(applied ? [make('h3', {}, 'Version'), applied] : []));
  }
}

export const user = new Page('user', {
  memberships: {
    rows: 'memberships',
    follows: 'nextMembership',
    caption: 'Memberships of the user',
    column: 'Organization',
    link: ({ organizationId }) => (organizationId ? organizationLink(organizationId) : '–'),
  },
  title: fullName,
  facts: (row) => [
    ['Name', fullName(row) || '–'],
    ['E-mail', address(row.email)],
    ['Role', row.role || '–'],
    ['Row created', momentOrNone(row.createdAt)],
    ['Row updated', momentOrNone(row.updatedAt)],
  ],
});

export const organization = new Page('organization', {
  memberships: {
    rows: 'members',
    follows: 'nextMember',
    caption: 'Members of the organization',
    column: 'User',
    link: ({ userId }) => (userId ? userLink(userId) : '–'),
  },
  title: ({ name }) => name,
  facts: (row) => [
    ['Name', row.name || '–'],
    ['Slug', row.slug || '–'],
    ['Row created', momentOrNone(row.createdAt)],
    ['Row updated', momentOrNone(row.updatedAt)],
  ],
});
