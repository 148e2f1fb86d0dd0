/// How long systemd and its bus are waited for.
public struct Patience: Hashable, Sendable {
    /// For the connection to be made, and for each answer.
    public var call: Duration
    /// For a job, such as the start of a unit, to be done after it was accepted.
    public var job: Duration
    /// For the answer to what a job that was not done is at.
    public var question: Duration

    public init(call: Duration, job: Duration, question: Duration) {
        self.call = call
        self.job = job
        self.question = question
    }

    public static let usual = Patience(call: .seconds(10), job: .seconds(30), question: .seconds(1))
}
