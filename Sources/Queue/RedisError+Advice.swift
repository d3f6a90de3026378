package import Redis

extension RedisError {
  /// Describes the failure and its remedy to the operator. It is for the log, not for the sender.
  package var reason: String {
    let advice: String? =
      switch self {
      case .unreachable: "check that it runs, and its address in CLERK_SYNC_QUEUE"
      case .tls: "check the host name, the port and ssl_ca_certs in CLERK_SYNC_QUEUE"
      case .noMaster: "check the sentinels and the name of the master in CLERK_SYNC_QUEUE"
      case .timedOut: "check its load and the network"
      case .closed: "check the log of Redis, and whether the port expects TLS, which is rediss://"
      case .refused(let command, let code): Self.advice(for: code, command: command)
      case .notReplicated: "check the replicas and the network between them and the master"
      case .unexpectedReply: "check the address in CLERK_SYNC_QUEUE"
      }
    return [description, advice].compactMap(\.self).joined(separator: ": ")
  }

  private static func advice(for code: String, command: String) -> String? {
    switch (code, command) {
    case ("WRONGPASS", _), ("NOAUTH", _), (_, "AUTH"):
      "check the user and the password in CLERK_SYNC_QUEUE, and that maxclients is not reached"
    case ("NOPERM", _): "its access control list does not allow this command to the user"
    case ("OOM", _): "it has no memory left: let the worker catch up, or raise maxmemory"
    case ("READONLY", _): "it is a replica: name the primary in CLERK_SYNC_QUEUE"
    case ("NOREPLICAS", _): "fewer replicas than min-replicas-to-write are connected"
    case ("MISCONF", _): "it cannot save to its disk"
    case ("LOADING", _): "it is still loading its data after a start"
    case ("MOVED", _): "another node of its cluster has the queue: name that node in CLERK_SYNC_QUEUE"
    case ("CLUSTERDOWN", _): "a part of its cluster is missing"
    case ("MASTERDOWN", _): "it is a replica that has lost its primary: name the primary in CLERK_SYNC_QUEUE"
    case ("WRONGTYPE", _): "the queue's keys hold other data: use another database number"
    case ("NOGROUP", _), ("UNBLOCKED", _): "the consumer group is missing; the worker creates it again"
    case ("ERR", "SELECT"): "it has no database of that number"
    case ("DENIED", _):
      "it is in protected mode: give it a password, or a bind address of its own (redis.conf)"
    case ("ERR", "XADD"), ("ERR", "XAUTOCLAIM"):
      "Redis 6.2 or newer is needed, and maxclients above the receivers' threads together"
    default: nil
    }
  }
}
