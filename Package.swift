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

let package = Package(
  name: "clerk-sync",
  products: [
    .library(name: "ClerkSync", targets: ["ClerkSync"]),
    .executable(name: "clerk-sync.fcgi", targets: ["clerk-sync-fcgi"]),
    .executable(name: "clerk-sync", targets: ["clerk-sync"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),

    .target(name: "Gateway", dependencies: ["CFastCGI"], swiftSettings: settings),
    .target(name: "Svix", dependencies: ["CLibcrypto"], swiftSettings: settings),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: settings),
    .target(name: "Redis", dependencies: ["CHiredis"], swiftSettings: settings),
    .target(
      name: "ClerkSync",
      dependencies: ["Gateway", "Svix", "SQLite", "Redis", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "clerk-sync-fcgi",
      dependencies: ["ClerkSync", "Gateway", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "clerk-sync",
      dependencies: [
        "ClerkSync", "Gateway", "Svix", "Redis",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),

    .target(
      name: "TestSupport", dependencies: ["CSQLite", "Svix", "SQLite"], path: "Tests/Support",
      exclude: ["GatewayProbe", "TestReport"], resources: [.copy("Payloads")], swiftSettings: settings
    ),
    .executableTarget(name: "TestReport", path: "Tests/Support/TestReport", swiftSettings: settings),
    .executableTarget(
      name: "GatewayProbe", dependencies: ["Gateway"], path: "Tests/Support/GatewayProbe",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "StepBenchmark",
      dependencies: [
        "ClerkSync", "Gateway", "Svix", "SQLite", .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Benchmark/Steps", swiftSettings: settings
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
        "ClerkSync", "Gateway", "Redis", "Svix", "SQLite", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Unit/ClerkSync", swiftSettings: settings
    ),

    // Tests/System: the real programs, and the real servers around them.
    .testTarget(
      name: "GatewayTests",
      dependencies: ["CFastCGI", "Gateway", "SQLite", "TestSupport", "GatewayProbe", "clerk-sync-fcgi"],
      path: "Tests/System/Gateway", swiftSettings: settings
    ),
    .testTarget(
      name: "RedisTests", dependencies: ["Redis", "TestSupport"], path: "Tests/System/Redis",
      swiftSettings: settings
    ),
    .testTarget(
      name: "QueueTests",
      dependencies: ["ClerkSync", "Redis", "SQLite", "Svix", "TestSupport", "clerk-sync", "clerk-sync-fcgi"],
      path: "Tests/System/Queue", swiftSettings: settings
    ),
    .testTarget(
      name: "DurabilityTests", dependencies: ["SQLite", "TestSupport", "clerk-sync", "clerk-sync-fcgi"],
      path: "Tests/System/Durability", swiftSettings: settings
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: ["Svix", "SQLite", "TestSupport", "clerk-sync", "clerk-sync-fcgi"],
      path: "Tests/System/Command", exclude: ["clerk.py", "official.py"], swiftSettings: settings
    ),
    .testTarget(
      name: "ServerTests", dependencies: ["TestSupport", "clerk-sync", "clerk-sync-fcgi"],
      path: "Tests/System/Server", exclude: ["alerts.yml", "sender.py"], swiftSettings: settings
    ),
    .testTarget(
      name: "ConsoleTests", dependencies: ["TestSupport", "clerk-sync", "clerk-sync-fcgi"],
      path: "Tests/System/Console",
      exclude: ["console.py", "scenarios.py", "site_under_test.py", "watched_page.py"],
      swiftSettings: settings
    ),
  ]
)
