import Foundation
import TestSupport
import Testing

@testable import Gateway

/// The undocumented behaviour of libfcgi on which the gateway relies: FCGX_Accept_r reads what has been put into `ipcFd`,
/// the answer goes to what is there later, under `requestId`, and `keepConnection` decides whether that is closed.
@Suite(.programs) struct LibfcgiTests {
  private let request: RawRequest

  init() throws {
    request = try RawRequest()
  }

  @Test func `A new request has no connection`() {
    #expect(request.connection == -1)
    #expect(request.keepsConnection == 0)
  }

  @Test func `A blank request gives the streams of an answer, again and again`() throws {
    let blank = try BlankRequest()
    for id in [1, 2, 65_535] as [UInt16] {
      #expect(request.accept(blank.rewound(), keeping: 1) == 0)
      #expect(request.streamError == 0)
      #expect(request.keepsConnection == 0)
      let (connection, peer) = try UnixSocket.pair()
      let client = FastCGIClient(over: peer)
      client.endSending()
      request.connection = connection
      request.id = Int32(id)
      request.write("Status: 204\r\n\r\n")
      request.finish()
      #expect(client.answer(id: id)?.status == 204)
      #expect(client.isClosedByPeer())
      #expect(request.connection == -1)
    }
  }

  @Test func `Finishing closes the connection, unless the request keeps it`() throws {
    let blank = try BlankRequest()
    for keeping in [0, 1] as [Int32] {
      let (connection, peer) = try UnixSocket.pair()
      FastCGIClient(over: peer).endSending()
      #expect(request.accept(blank.rewound(), keeping: 1) == 0)
      request.connection = connection
      request.keepsConnection = keeping
      request.finish()
      #expect(request.connection == (keeping == 0 ? -1 : connection))
    }
  }
}
