public import Foundation
import Synchronization

/// A process started by a test, which is killed at the latest when the test releases the object.
///
/// It uses posix_spawn(3). Foundation's Process does not notice the end of a program whose children live on,
/// and it passes on the signals that a background shell ignores.
public final class ChildProcess: Sendable {
  public struct NotStarted: Error {
    let executable: String
    let number: Int32
  }

  public let id: Int32
  private let output: String
  /// The status from waitpid(2), once the process has ended.
  private let status = Mutex<Int32?>(nil)

  private typealias CloseFrom =
    @convention(c) (
      UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32
    ) -> Int32

  /// posix_spawn_file_actions_addclosefrom_np(3), which Swift's Glibc does not export. The child closes every other
  /// descriptor, also those that another thread opens while it is started: Foundation's are not closed by exec.
  private static let closeFrom = unsafe unsafeBitCast(
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"), to: CloseFrom?.self)

  /// Starts the program. Its standard error goes to the file `output`, and so does its standard output unless
  /// `standardOutput` is given.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    standardInput: FileHandle = .nullDevice, standardOutput: FileHandle? = nil, folder: String = "/",
    output: String
  ) throws {
    self.output = output
    guard FileManager.default.createFile(atPath: output, contents: nil) else {
      throw NotStarted(executable: executable, number: errno)
    }
    let sink = try FileHandle(forWritingTo: URL(filePath: output))
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardInput.fileDescriptor, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, (standardOutput ?? sink).fileDescriptor, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, sink.fileDescriptor, STDERR_FILENO)
    guard let closeFrom = unsafe Self.closeFrom else {
      throw NotStarted(executable: executable, number: ENOSYS)
    }
    unsafe _ = closeFrom(&actions, STDERR_FILENO + 1)

    var attributes = posix_spawnattr_t()
    var signals = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    // env(1) changes the folder and then executes the program.
    let words = unsafe (["env", "-C", folder, executable] + arguments).map { unsafe strdup($0) } + [nil]
    let variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer { _ = unsafe (words + variables).map { unsafe free($0) } }
    var process: Int32 = 0
    let result = unsafe posix_spawn(&process, "/usr/bin/env", &actions, &attributes, words, variables)
    guard result == 0 else { throw NotStarted(executable: executable, number: result) }
    id = process
  }

  deinit {
    send(SIGKILL)
    _ = eventually { !isRunning }
  }

  public var isRunning: Bool { ended == nil }

  /// The output written so far.
  public var log: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  public func send(_ signal: Int32) {
    if isRunning { kill(id, signal) }
  }

  /// Waits for the process to end. Returns the exit status, or nil if a signal ended the process or `seconds`
  /// passed.
  public func exitStatus(within seconds: Double = testTimeout) -> Int32? {
    guard eventually(within: seconds, { !isRunning }), let ended, ended & 0x7f == 0 else { return nil }
    return ended >> 8 & 0xff
  }

  /// Waits for the process to end. Returns whether a signal ended it.
  public func diesOfSignal(within seconds: Double = testTimeout) -> Bool {
    guard eventually(within: seconds, { !isRunning }), let ended else { return false }
    return ended & 0x7f != 0
  }

  private var ended: Int32? {
    status.withLock { status in
      var now: Int32 = 0
      if status == nil, unsafe waitpid(id, &now, WNOHANG) == id { status = now }
      return status
    }
  }
}
