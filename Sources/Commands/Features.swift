internal import JSON
internal import Spec

/// What `features` prints (runtime-spec features.md): only what works.
func featuresDocument() -> Value {
    [
        "ociVersionMin": .string(SpecVersion.minimum),
        "ociVersionMax": .string(SpecVersion.maximum),
    ]
}
