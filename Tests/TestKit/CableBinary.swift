/// The program of Tests/Cable, which the package's build makes beside the tests.
public enum CableBinary {
    public static let path = Repository.path(".build/debug/Cable")
}
