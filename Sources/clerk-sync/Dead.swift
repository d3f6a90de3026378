import ArgumentParser

/// `clerk-sync dead`
struct Dead: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look after the deliveries that the worker has given up.",
    subcommands: [DeadList.self, DeadShow.self, DeadRetry.self, DeadDrop.self])
}
