/// Why Clerk's objects of one kind cannot be stored in their table. It holds no value of any row.
package struct TrialProblem: Equatable, Sendable, CustomStringConvertible {
  package let entity: Entity
  package let table: String
  /// nil if no single column is at fault.
  package var column: String?
  /// One sentence, which names the table.
  package let what: String
  package let remedy: String

  package var description: String { "\(what): \(remedy)" }
}
