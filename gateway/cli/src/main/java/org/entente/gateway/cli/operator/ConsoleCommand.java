package org.entente.gateway.cli.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.proto.v1.ConsoleGrpc;
import org.entente.proto.v1.OpenConsoleRequest;
import org.entente.proto.v1.OpenConsoleResponse;
import picocli.CommandLine.Command;

/** Makes an address that opens the console of a gateway. */
@Command(
    name = "console",
    description = {
      "Prints an address that opens the console of a gateway in a browser.",
      "The address opens it once, within a short time. The client needs the scope `operator`,"
          + " `evidence`, `audit` or `publish`. The console is off unless the gateway's"
          + " configuration has the section `console`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente console --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator")
public final class ConsoleCommand extends ClientCall {
  @Override
  public void with(ManagedChannel channel) {
    OpenConsoleResponse opened =
        ConsoleGrpc.newBlockingStub(channel).openConsole(OpenConsoleRequest.getDefaultInstance());
    tell(opened, opened.getAddress());
    if (!json()) {
      err()
          .println(
              "It opens the console once, until " + Timestamps.toString(opened.getValidUntil()));
    }
  }
}
