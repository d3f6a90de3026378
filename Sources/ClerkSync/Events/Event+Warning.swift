extension Event {
  /// Describes what was replaced in this event, for the log; nil if nothing was. It holds no values of the payload.
  package func warning(_ roles: Roles) -> String? {
    let warnings = [
      hasUnknownRole
        ? "public_metadata.role is none of CLERK_SYNC_ROLES; stored as \(roles.fallback)" : nil,
      JSONDepth.warning(for: prunedPaths),
    ].compactMap(\.self)
    return warnings.isEmpty ? nil : warnings.joined(separator: "; ")
  }
}
