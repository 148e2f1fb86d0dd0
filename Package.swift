// swift-tools-version: 6.2
import PackageDescription

// The order is that of docs/design.md: a target may import only what stands above it and what its own line lists.
// `--explicit-target-dependency-import-check error` makes the compiler hold us to it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict)
}

func tests(_ name: String, _ imports: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: imports, swiftSettings: strict)
}

// The argument parser brings the mathematics of libc along; a program without it has to ask for them.
let libm: LinkerSetting = .linkedLibrary("m")

// Its main function is libFuzzer's, which only a build with `--sanitize fuzzer` has.
let fuzzing: [Target] = [
    .executableTarget(
        name: "Fuzz",
        dependencies: [
            "AgentProtocol", "Sandbox", "SandboxNetwork", "Machine", "GuestPlan", "Plan", "Filters", "Cgroups", "Systemd", "Spec", "JSON",
            "Kernel",
        ],
        path: "Tests/Fuzz", exclude: ["seeds"], swiftSettings: strict)
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "swiftrun",
    products: [
        .executable(name: "swiftrun", targets: ["swiftrun"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // C: system calls and constants, and the four libraries.
        .target(name: "CLinux"),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CYajl", providers: [.apt(["libyajl-dev"])]),
        .systemLibrary(name: "CCap", providers: [.apt(["libcap-dev"])]),
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),

        // 1
        library("Kernel", ["CLinux"]),
        library("JSON", ["CYajl"]),
        library("Steps", ["CLinux"]),
        // 2
        library("Stage", ["Steps", "CLinux"]),
        library("Spec", ["JSON"]),
        // 3
        library("Filters", ["Spec", "CSeccomp", "Kernel"]),
        library("Cgroups", ["Spec", "Kernel", "CLinux"]),
        library("Plan", ["Spec", "Steps", "CLinux", "CCap"]),
        library("Store", ["Spec", "JSON", "Kernel"]),
        library("Systemd", ["Spec", "Kernel"]),
        library("AgentProtocol", ["JSON"]),
        library("SandboxNetwork", ["JSON", "Kernel", "CLinux"]),
        library("GuestPlan", ["AgentProtocol", "Spec", "JSON"]),
        // 4
        library("Launch", ["JSON", "Plan", "Stage", "Steps", "Filters", "Cgroups", "Spec", "Kernel", "CLinux"]),
        // 5
        library("Machine", ["Launch", "GuestPlan", "Cgroups", "Spec", "JSON", "Kernel", "CLZ4"]),
        library("Lifecycle", ["Launch", "Plan", "Steps", "JSON", "Filters", "Cgroups", "Store", "Systemd", "Spec", "Kernel"]),
        // 6
        library("Agent", ["Lifecycle", "Launch", "Plan", "AgentProtocol", "SandboxNetwork", "Cgroups", "Store", "Spec", "JSON", "Kernel"]),
        library(
            "Sandbox",
            [
                "Lifecycle", "Machine", "SandboxNetwork", "Launch", "Plan", "GuestPlan", "AgentProtocol", "Cgroups", "Store", "Spec", "JSON",
                "Kernel",
            ]),
        // 7
        library("Commands", ["Sandbox", "Lifecycle", "Machine", "Plan", "Store", "Spec", "JSON", "Kernel", argumentParser]),
        // 8
        .executableTarget(name: "swiftrun", dependencies: ["Commands", "Sandbox", "Agent"], swiftSettings: strict),

        // Tests
        .target(name: "TestKit", dependencies: ["AgentProtocol", "JSON"], path: "Tests/TestKit", swiftSettings: strict),
        .executableTarget(name: "Probe", path: "Tests/Probe"),
        .executableTarget(
            name: "Starter", dependencies: ["Launch", "Cgroups", "Kernel"], path: "Tests/Starter", swiftSettings: strict,
            linkerSettings: [libm]),
        .executableTarget(
            name: "Cable", dependencies: ["SandboxNetwork", "JSON", "Kernel", "CLinux"], path: "Tests/Cable", swiftSettings: strict),
        .executableTarget(
            name: "Booter", dependencies: ["Machine", "SandboxNetwork", "GuestPlan", "JSON", "Kernel"], path: "Tests/Booter",
            swiftSettings: strict, linkerSettings: [libm]),
        tests("KernelTests", ["Kernel", "TestKit"]),
        tests("JSONTests", ["JSON", "TestKit"]),
        tests("SpecTests", ["Spec", "JSON", "TestKit"]),
        tests("PlanTests", ["Plan", "Spec", "Steps", "JSON", "TestKit"]),
        tests("StageTests", ["Stage", "Steps", "JSON", "TestKit"]),
        tests("FiltersTests", ["Filters", "Spec", "JSON", "TestKit"]),
        tests("CgroupsTests", ["Cgroups", "Spec", "Kernel", "TestKit"]),
        tests("StoreTests", ["Store", "Spec", "Kernel", "TestKit"]),
        tests("SystemdTests", ["Systemd", "Spec", "Kernel", "TestKit"]),
        tests("CommandsTests", ["Commands", "Lifecycle", "Spec", "Kernel", "JSON", "TestKit"]),
        tests("AgentProtocolTests", ["AgentProtocol", "JSON"]),
        tests("GuestPlanTests", ["GuestPlan", "Spec", "JSON", "TestKit"]),
        tests("AgentTests", ["AgentProtocol", "JSON", "TestKit"]),
        tests("SandboxNetworkTests", ["SandboxNetwork", "JSON", "TestKit"]),
        tests("LaunchTests", ["JSON", "TestKit"]),
        tests("MachineTests", ["Machine", "GuestPlan", "AgentProtocol", "Spec", "JSON", "Kernel", "TestKit"]),
        tests("SandboxTests", ["Sandbox", "AgentProtocol", "JSON", "Kernel", "TestKit"]),
        tests("LifecycleTests", ["TestKit", "JSON"]),
        tests("GuestTests", ["JSON", "TestKit"]),
        tests("CallerTests", ["JSON", "TestKit"]),
        tests("HouseTests", ["JSON", "TestKit"]),
    ] + (Context.environment["SWIFTRUN_FUZZ"] == nil ? [] : fuzzing)
)
