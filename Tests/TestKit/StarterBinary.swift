/// The program of Tests/Starter, which the package's build makes beside the tests.
public enum StarterBinary {
    public static let path = Repository.path(".build/debug/Starter")
}
