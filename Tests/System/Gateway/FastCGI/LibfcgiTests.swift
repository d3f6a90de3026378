import CFastCGI
import Foundation
import TestSupport
import Testing

/// The undocumented behaviour of libfcgi on which the gateway relies: FCGX_Accept_r reads the connection put
/// into `ipcFd`, and `keepConnection` decides whether that is closed.
@Suite(.programs) struct LibfcgiTests {
  private let request: RawRequest
  private let parameters = FastCGIRecord.stream(
    FastCGIRecord.params, FastCGIRecord.pairs([("NAME", "value")]))

  init() throws {
    request = try RawRequest()
  }

  @Test func `A new request has no connection`() {
    #expect(request.connection == -1)
    #expect(request.keepsConnection == 0)
  }

  @Test(arguments: [0, 1] as [UInt8])
  func `FCGX_Accept_r reads the connection put into the request`(flags: UInt8) throws {
    let (connection, peer) = try UnixSocket.pair()
    FastCGIClient(over: peer).send(FastCGIRecord.begin(flags: flags) + parameters)
    #expect(request.accept(connection, keeping: 1) == 0)
    #expect(request.parameters == ["FCGI_ROLE=RESPONDER", "NAME=value"])
    #expect(request.connection == connection)
    #expect(request.keepsConnection == Int32(flags))
  }

  @Test func `Finishing closes the connection, unless the request keeps it`() throws {
    for keeping in [0, 1] as [Int32] {
      let (connection, peer) = try UnixSocket.pair()
      let client = FastCGIClient(over: peer)
      client.send(FastCGIRecord.begin(flags: 1) + parameters + FastCGIRecord.stream(FastCGIRecord.stdin, []))
      client.endSending()
      #expect(request.accept(connection, keeping: 1) == 0)
      request.keepsConnection = keeping
      request.finish()
      #expect(request.connection == (keeping == 0 ? -1 : connection))
    }
  }

  @Test func `Accepting closes the connection put into the request, unless told to keep it`() throws {
    let (connection, peer) = try UnixSocket.pair()
    let client = FastCGIClient(over: peer)
    client.send(FastCGIRecord.begin() + parameters)
    client.endSending()
    #expect(request.accept(connection, keeping: 0) < 0)
    #expect(request.connection == -1)
    #expect(client.isClosedByPeer())
  }

  @Test func `An invalid request is closed, without waiting for another connection`() throws {
    let (connection, peer) = try UnixSocket.pair()
    let client = FastCGIClient(over: peer)
    client.send(FastCGIRecord.begin(role: 9) + parameters)
    client.endSending()
    #expect(request.accept(connection, keeping: 1) < 0)
    #expect(request.connection == -1)
    #expect(client.isClosedByPeer())
  }

  @Test func `Parameters that end early are accepted, and only the stream's error shows it`() throws {
    let (connection, peer) = try UnixSocket.pair()
    let client = FastCGIClient(over: peer)
    client.send(FastCGIRecord.begin() + parameters.dropLast(8))
    client.endSending()
    #expect(request.accept(connection, keeping: 1) == 0)
    #expect(request.streamError != 0)
  }
}
