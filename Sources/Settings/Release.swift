/// The version of clerk-sync.
public enum Release {
  public static let version = "0.1.0"
}
