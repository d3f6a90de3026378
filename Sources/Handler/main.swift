import Gateway
import Glibc

StandardDescriptors.fill()
let environment = Parameters.ofProcess()
switch Transport.detect(environment) {
case .cgi:
  Program.answerOnce(environment)
case .fastCGI(let listener):
  Program.serve(listener, environment)
case nil:
  Program.explainUsage()
}
