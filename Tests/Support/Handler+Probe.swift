extension Handler {
  /// The gateway with an echo behind it instead of the application, and with limits, in milliseconds, that a
  /// test can wait for.
  public static func probe(
    in folder: TemporaryFolder, readDeadline: Int = 10_000, stopLimit: Int = 14_000, threads: Int = 1
  ) throws -> Handler {
    try Handler(
      in: folder, program: built("GatewayProbe"),
      arguments: ["\(readDeadline)", "\(stopLimit)", "\(threads)"])
  }
}
