// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "clerk-sync",
  products: [
    .library(name: "ClerkSync", targets: ["ClerkSync", "Svix"]),
    .executable(name: "clerk-sync.fcgi", targets: ["Handler"]),
    .executable(name: "clerk-sync", targets: ["Command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),

    .target(name: "Svix", dependencies: ["CLibcrypto"], swiftSettings: settings),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: settings),
    .target(name: "Redis", dependencies: ["CHiredis", "CLibssl"], swiftSettings: settings),
    .target(name: "Gateway", dependencies: ["CFastCGI"], swiftSettings: settings),
    .target(name: "ClerkSync", dependencies: ["Svix", "SQLite"], swiftSettings: settings),
    .target(
      name: "Queue", dependencies: ["ClerkSync", "Svix", "Redis", logging], swiftSettings: settings
    ),
    .target(
      name: "Settings", dependencies: ["ClerkSync", "Svix", "Redis", logging], swiftSettings: settings
    ),
    .target(
      name: "Server",
      dependencies: ["Gateway", "ClerkSync", "Queue", "Settings", "Svix", "Redis", logging],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "Handler",
      dependencies: ["Gateway", "ClerkSync", "Queue", "Settings", "Server", logging],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "Command",
      dependencies: [
        "ClerkSync", "Queue", "Settings", "Svix", "Redis", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),

    .target(
      name: "TestSupport", dependencies: ["CSQLite", "Svix", "SQLite"], path: "Tests/Support",
      exclude: ["GatewayProbe", "TestReport", "Schemas"], resources: [.copy("Payloads")],
      swiftSettings: settings
    ),
    .executableTarget(name: "TestReport", path: "Tests/Support/TestReport", swiftSettings: settings),
    .executableTarget(
      name: "GatewayProbe", dependencies: ["Gateway"], path: "Tests/Support/GatewayProbe",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "StepBenchmark",
      dependencies: [
        "ClerkSync", "Gateway", "Server", "Settings", "Svix", "SQLite", logging,
      ],
      path: "Tests/Benchmark/Steps", swiftSettings: settings
    ),
    .testTarget(
      name: "InstructionTests", dependencies: ["TestSupport"], path: "Tests/Benchmark/Instructions",
      exclude: ["thresholds.json"], swiftSettings: settings
    ),
    // Tests/Unit: in this process, with nothing but what the build needs.
    .testTarget(
      name: "SvixTests", dependencies: ["Svix"], path: "Tests/Unit/Svix", resources: [.copy("Vectors")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"], path: "Tests/Unit/SQLite",
      swiftSettings: settings
    ),
    .testTarget(
      name: "ClerkSyncTests",
      dependencies: [
        "ClerkSync", "Gateway", "Queue", "Redis", "Server", "Settings", "Svix", "SQLite", "TestSupport",
        logging,
      ],
      path: "Tests/Unit", exclude: ["Svix", "SQLite", "Documents"],
      sources: ["ClerkSync", "Queue", "Settings", "Server", "Fixtures"], swiftSettings: settings
    ),
    .testTarget(
      name: "DocumentTests", dependencies: ["Settings", "TestSupport"], path: "Tests/Unit/Documents",
      swiftSettings: settings
    ),
    // Tests/Fuzz/build links them with libFuzzer, which nothing else needs.
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "ClerkSync", "Command", "Gateway", "Queue", "Redis", "Server", "SQLite", "Svix", "TestSupport",
      ],
      path: "Tests/Fuzz", exclude: ["Corpus", "build", "dictionary", "run"], swiftSettings: settings
    ),

    // Tests/System: the real programs, and the real servers around them.
    .testTarget(
      name: "GatewayTests",
      dependencies: ["CFastCGI", "Gateway", "SQLite", "TestSupport", "GatewayProbe", "Handler"],
      path: "Tests/System/Gateway", swiftSettings: settings
    ),
    .testTarget(
      name: "RedisTests", dependencies: ["Queue", "Redis", "TestSupport"], path: "Tests/System/Redis",
      swiftSettings: settings
    ),
    .testTarget(
      name: "QueueTests",
      dependencies: [
        "ClerkSync", "Queue", "Redis", "SQLite", "Svix", "TestSupport", "Command", "Handler",
      ],
      path: "Tests/System/Queue", swiftSettings: settings
    ),
    .testTarget(
      name: "DurabilityTests", dependencies: ["SQLite", "TestSupport", "Command", "Handler"],
      path: "Tests/System/Durability", swiftSettings: settings
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: ["Svix", "SQLite", "TestSupport", "Command", "Handler"],
      path: "Tests/System/Command", exclude: ["Changes/receiver.py", "Sync/clerk.py", "Webhook/official.py"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ServerTests", dependencies: ["TestSupport", "Command", "Handler"],
      path: "Tests/System/Server", exclude: ["Monitoring/alerts.yml", "Servers/sender.py"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ConsoleTests", dependencies: ["TestSupport", "Command", "Handler"],
      path: "Tests/System/Console",
      exclude: ["console.py", "scenarios.py", "site_under_test.py", "watched_page.py"],
      swiftSettings: settings
    ),
  ]
)
