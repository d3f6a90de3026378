/// Mapping files for tests.
public enum MappingFile {
  /// The member `user`, with a column for each kind of rule.
  public static let userWithEachRule = """
    user: { table: 'users', key: { id: 'id', app: { value: 1 } }, columns: {
        a: 'email', b: 'email_verified', c: 'phone', d: 'name', e: 'object', f: 'first_name',
        g: { from: 'public_metadata.role', oneOf: ['a', 'b'], else: 'b' }, h: { from: 'public_metadata.a.b', else: -1 },
        i: { from: 'username', absent: 'keep' }, j: { from: 'last_sign_in_at', as: 'iso' }, k: { now: 's' },
        l: { from: 'updated_at', as: 'datetime' }, m: 'public_metadata', n: 'public_metadata.a',
        o: { lookup: { table: 'others', where: { id: 'external_id' }, take: 'x' }, else: 'none' }, p: { value: '{id}' },
      }, insert: { q: { from: 'created_at', as: 's' } }, match: { f: 'first_name' }, withoutEmail: 'null',
      onDelete: { set: { p: { value: null } } } }
    """
}
