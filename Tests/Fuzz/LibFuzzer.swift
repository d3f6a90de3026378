import Foundation

/// The entry for libFuzzer (llvm.org/docs/LibFuzzer.html): gives one input to the target that `CLERK_SYNC_FUZZ_TARGET`
/// names, and aborts if it breaks a rule. Only the program that `Tests/Fuzz/run` links calls it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  do {
    try fuzzedTarget.check(input)
  } catch {
    FileHandle.standardError.write(Data("\(fuzzedTarget): \(error)\n".utf8))
    abort()
  }
  return 0
}

private let fuzzedTarget: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["CLERK_SYNC_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("CLERK_SYNC_FUZZ_TARGET: expected one of \(names)\n".utf8))
    exit(64)
  }
  return target
}()
