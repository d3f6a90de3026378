import ClerkSync
import Foundation

/// A command of the operator that /bin/sh runs for a change, which is on its standard input with a line break.
///
/// It runs in a process group of its own: a signal of the terminal does not reach it, and at a timeout all of its
/// processes are ended. Foundation's Process cannot make one.
struct ShellCommand: ChangeAction {
  /// The time between SIGTERM and SIGKILL.
  private static let grace = Duration.seconds(5)

  private let command: String
  private let timeout: Duration

  init(_ command: String, timeout: Duration) {
    (self.command, self.timeout) = (command, timeout)
  }

  /// Not the command, which may contain a password.
  var description: String { "exec" }

  func perform(_ change: RowChange) async -> String? {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: run(change)) }
    }
  }

  /// Runs the command on this thread.
  private func run(_ change: RowChange) -> String? {
    let process: Int32
    do {
      process = try start(with: Array("\(try JSONLine.text(change))\n".utf8))
    } catch {
      return "the command could not be started: \(error)"
    }
    let end = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      var information = unsafe siginfo_t()
      while unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
      end.signal()
    }
    guard end.wait(timeout: .now() + timeout / .seconds(1)) == .success else {
      endGroup(process)
      return "no end within \(Int(timeout / .seconds(1))) s"
    }
    let status = Self.wait(for: process) ?? 0
    let signal = status & 0x7f
    if signal != 0 { return "ended by signal \(signal)" }
    let exitStatus = status >> 8 & 0xff
    return exitStatus == 0 ? nil : "exit status \(exitStatus)"
  }

  /// Ends all processes of the group, and waits for its first one.
  private func endGroup(_ group: Int32) {
    kill(-group, SIGTERM)
    let limit = ContinuousClock.now + Self.grace
    var hasEnded = false
    while ContinuousClock.now < limit {
      hasEnded = hasEnded || Self.wait(for: group, WNOHANG) != nil
      // The id is not used for another group while this one has a process.
      if hasEnded && kill(-group, 0) != 0 { return }
      usleep(20_000)
    }
    kill(-group, SIGKILL)
    if !hasEnded { _ = Self.wait(for: group) }
  }

  /// Returns the status of the child from waitpid(2); nil if it has not ended.
  private static func wait(for child: Int32, _ options: Int32 = 0) -> Int32? {
    var status: Int32 = 0
    var result: Int32
    repeat { result = unsafe waitpid(child, &status, options) } while result < 0 && errno == EINTR
    return result == child ? status : nil
  }

  /// Starts the command with the bytes on its standard input, and returns the id of its process.
  private func start(with input: [UInt8]) throws -> Int32 {
    let pipe = Pipe()
    defer { withExtendedLifetime(pipe) {} }
    let (reading, writing) = (
      pipe.fileHandleForReading.fileDescriptor, pipe.fileHandleForWriting.fileDescriptor
    )
    _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
    _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
    // A pipe holds at least 4096 bytes (pipe(7)), so that a change need not wait for its reader.
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    let written = unsafe input.withUnsafeBytes { unsafe write(writing, $0.baseAddress, $0.count) }
    guard written == input.count else { throw NotStarted(number: written < 0 ? errno : EMSGSIZE) }

    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, reading, STDIN_FILENO)
    // This process ignores some signals, which a command would inherit.
    var attributes = posix_spawnattr_t()
    var signals = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

    let words = unsafe (["sh", "-c", command] as [String]).map { unsafe strdup($0) } + [nil]
    defer { _ = unsafe words.map { unsafe free($0) } }
    var process: Int32 = 0
    let result = unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, words, environ)
    guard result == 0 else { throw NotStarted(number: result) }
    return process
  }

  private struct NotStarted: Error, CustomStringConvertible {
    let number: Int32
    var description: String { systemError(number) }
  }
}
