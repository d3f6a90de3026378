/// What the process tells a script when it ends; 64 and 78 are those of sysexits(3).
enum ExitStatus: Int32 {
  case done = 0
  /// Done, with something to look at: warnings, differences, nothing found.
  case attention = 1
  case failed = 2
  case usage = 64
  case configuration = 78
}
