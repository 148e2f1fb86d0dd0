internal import Systemd

/// Annotations that are properties of a container's unit.
public enum UnitAnnotations {
    /// What their keys begin with.
    public static var prefix: String { annotatedPropertyPrefix }
}
