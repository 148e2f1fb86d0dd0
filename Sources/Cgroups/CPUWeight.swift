/// The weight (1 to 10000, cgroups(7)) that stands for so many `cpu.shares` (2 to 262144).
///
/// A curve through the three points that matter: the least, the default and the most of both (2 → 1, 1024 → 100, 262144 → 10000).
/// It is runc's since 1.3.2; the straight line before it made 39 of the default.
func cpuWeight(shares: UInt64) -> UInt64 {
    if shares <= 2 { return 1 }
    if shares >= 262_144 { return 10_000 }
    let l = logarithm2(Double(shares))
    let exponent = (l * l + 125 * l) / 612 - 7.0 / 34
    // What is a whole number on paper may come out a hair above it.
    return UInt64((power(ofTen: exponent) - 1e-9).rounded(.up))
}

// The standard library has neither of these, and libc is out of bounds here.

private let ln2 = 0.693147180559945309417232121458

/// For x ≥ 1.
private func logarithm2(_ x: Double) -> Double {
    // ln m = 2 artanh((m - 1) / (m + 1)), whose series converges fast for 1 ≤ m < 2.
    let t = (x.significand - 1) / (x.significand + 1)
    var (term, sum, divisor) = (t, 0.0, 1.0)
    while term > 1e-18 {
        sum += term / divisor
        term *= t * t
        divisor += 2
    }
    return Double(x.exponent) + 2 * sum / ln2
}

/// For y ≥ 0.
private func power(ofTen y: Double) -> Double {
    let exponent = y * logarithm2(10)
    let whole = exponent.rounded(.down)
    let x = (exponent - whole) * ln2
    var (term, sum, n) = (1.0, 0.0, 1.0)
    while term > 1e-18 {
        sum += term
        term *= x / n
        n += 1
    }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
}
