/// The versions of the runtime specification that swiftrun implements.
public enum SpecVersion {
    public static let minimum = "1.0.0"
    public static let maximum = "1.3.0"
}
