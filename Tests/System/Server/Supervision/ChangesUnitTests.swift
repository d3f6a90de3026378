import TestSupport
import Testing

/// Tests of the unit of a consumer of the change feed, as far as possible without systemd as process 1.
@Suite(.programs) struct ChangesUnitTests {
  private let folder: TemporaryFolder
  private let service: SystemdUnit

  init() throws {
    folder = try TemporaryFolder()
    service = try SystemdUnit("clerk-sync-changes@.service")
  }

  @Test func `systemd accepts the unit`() throws {
    let (status, output) = try SystemdUnit.analyze("verify", service.install(in: folder))
    #expect(status == 0, "\(output)")
    #expect(output.isEmpty, "\(output)")
  }

  @Test func `A consumer has a low exposure level`() throws {
    // In tenths. As with the worker, it opens connections, to any address.
    let (status, output) = try SystemdUnit.analyze(
      "security", "--offline=true", "--threshold=12", service.install(in: folder))
    #expect(status == 0, "\(output)")
  }
}
