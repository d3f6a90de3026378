import Gateway
import Glibc

// A FastCGI program with limits chosen by a test: READ_DEADLINE_MS STOP_LIMIT_MS THREADS.
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
var options = FastCGIServer.Options()
options.readDeadline = .milliseconds(numbers[0])
options.stopLimit = .milliseconds(numbers[1])
options.threads = numbers[2]

let cutOff = try FastCGIServer(listener: STDIN_FILENO, handler: Echo(), options: options)
  .run(until: ControlSignals())
Echo.log("stopped, cut off: \(cutOff)")
if cutOff > 0 { _exit(0) }
