import ClerkSync

extension UserStore {
  /// The store that the configuration describes, for a process that writes little at a time.
  convenience init(_ configuration: Configuration) {
    var options = Options()
    options.timestamps = configuration.timestamps
    options.retention = configuration.retention
    self.init(database: configuration.database, options: options)
  }
}
