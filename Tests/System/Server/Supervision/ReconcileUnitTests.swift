import TestSupport
import Testing

/// Tests of the units of the daily comparison with Clerk, as far as possible without systemd as process 1.
@Suite(.programs) struct ReconcileUnitTests {
  private let folder: TemporaryFolder
  private let service: SystemdUnit
  private let timer: SystemdUnit

  init() throws {
    folder = try TemporaryFolder()
    service = try SystemdUnit("clerk-sync-reconcile.service")
    timer = try SystemdUnit("clerk-sync-reconcile.timer")
  }

  @Test func `systemd accepts the units, and runs the service once a day`() throws {
    let path = try service.install(in: folder)
    let (status, output) = try SystemdUnit.analyze("verify", path, timer.install(in: folder))
    #expect(status == 0, "\(output)")
    #expect(output.isEmpty, "\(output)")
    // Without Unit=, a timer starts the service of the same name.
    let calendar = try #require(timer.values(of: "OnCalendar").first)
    let (valid, times) = try SystemdUnit.analyze("calendar", calendar)
    #expect(valid == 0 && times.contains("*-*-* 00:00:00"), "\(times)")
  }

  @Test func `The service has a low exposure level`() throws {
    // In tenths. As with the worker, it opens connections, to any address.
    let (status, output) = try SystemdUnit.analyze(
      "security", "--offline=true", "--threshold=12", service.install(in: folder))
    #expect(status == 0, "\(output)")
  }
}
